"""Everything that was ever saved of an agent: what each version changed, by whom, and the way back."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from agents.diffs import diff_configs
from agents.drafts import PAGE_SIZE, get_draft, list_versions
from agents.editing import restore_version
from agents.versions import LABELS, config_of, get_version
from orgs.middleware import OrgRequest
from orgs.permissions import require_permission
from orgs.scope import org_tx
from voxanne.errors import BadInput, NotFound


@require_permission("agents:read")
@require_GET
def version_list(request: OrgRequest, agent_id: UUID) -> HttpResponse:
    """The versions of one agent, newest first."""
    before = request.GET.get("before", "")
    rows = list_versions(agent_id, before=int(before) if before.isdigit() else None, limit=PAGE_SIZE + 1)
    shown = rows[:PAGE_SIZE]
    context = {
        "agent": get_draft(agent_id).agent,
        "versions": [(row, [LABELS[name] for name in row.changes if name in LABELS]) for row in shown],
        "following": shown[-1].number if len(rows) > PAGE_SIZE else None,
    }
    return render(request, "agents/versions.html", context)


@require_permission("agents:read")
@require_GET
def version_detail(request: OrgRequest, agent_id: UUID, number: int) -> HttpResponse:
    """What one version says differently from the one before it, or from what callers hear now (`?against=live`)."""
    agent = get_draft(agent_id).agent
    version = get_version(agent_id=agent_id, number=number)
    is_against_live = request.GET.get("against") == "live"
    if is_against_live:
        differences = diff_configs(config_of(agent), version.config)
    else:
        differences = (
            diff_configs(get_version(agent_id=agent_id, number=number - 1).config, version.config) if number > 1 else []
        )
    context = {"agent": agent, "version": version, "differences": differences, "is_against_live": is_against_live}
    return render(request, "agents/version.html", context)


@require_permission("agents:write")
@require_POST
def restore(request: OrgRequest, agent_id: UUID, number: int) -> HttpResponse:
    """Make an earlier version the newest again; callers hear it once it is published."""
    try:
        with org_tx():
            made = restore_version(org=request.org, agent_id=agent_id, number=number, actor=request.actor)
    except NotFound:
        raise
    except BadInput as refused:
        problems = " ".join(problem for listed in refused.fields.values() for problem in listed)
        messages.error(request, f"Version {number} cannot come back as it is. {problems}")
        return redirect("agents:version", agent_id, number)
    messages.success(request, f"Version {number} is back as version {made.number}. Publish it to let callers hear it.")
    return redirect("agents:detail", agent_id)
