"""One agent: editing it, seeing what it will be told, and letting callers hear it."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agents.drafts import AgentDraft, get_draft, preview
from agents.editing import SavedMeanwhile, save_draft, set_mode
from agents.linting import lint_prompt
from agents.models import AgentMode, PublicationState
from agents.publishing import request_publication
from agents.settings_form import AgentSettingsForm
from agents.versions import LABELS
from agents.voices import VOICES
from credentials.service import credential_service
from credentials.types import Provider
from orgs.middleware import OrgRequest
from orgs.permissions import require_permission
from orgs.scope import org_tx
from voxanne.errors import DomainError, NotFound


def _is_fragment(request: HttpRequest) -> bool:
    return "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers


@require_permission("agents:read", post="agents:write")
@require_http_methods(["GET", "HEAD", "POST"])
def agent_detail(request: OrgRequest, agent_id: UUID) -> HttpResponse:
    """An agent as it was last saved, to be edited; POST saves a draft."""
    draft = get_draft(agent_id)
    data = request.POST if request.method == "POST" else None
    form = AgentSettingsForm(data, config=draft.newest.config, version=draft.newest.number)
    is_newer = False
    if data is not None and form.is_valid():
        try:
            with org_tx():
                saved = save_draft(
                    org=request.org,
                    agent_id=agent_id,
                    changes=form.changes(),
                    actor=request.actor,
                    base_version=form.base,
                )
            messages.success(request, _saved(draft, saved.number))
            return redirect("agents:detail", agent_id)
        except NotFound:
            raise
        except DomainError as refused:
            form.refuse(refused)
            is_newer = isinstance(refused, SavedMeanwhile)
    context = {**_state(draft), "form": form, "is_newer": is_newer}
    context["voices"], context["can_hear"] = VOICES, credential_service.exists(request.org.pk, Provider.ELEVENLABS)
    context["can_talk"] = bool(settings.VAPI_PUBLIC_KEY)
    context["findings"] = lint_prompt(draft.newest.config, request.org, agent=draft.agent)
    return render(request, "agents/detail.html", context, status=422 if form.errors else 200)


@require_permission("agents:read")
@require_GET
def state(request: OrgRequest, agent_id: UUID) -> HttpResponse:
    """How far the agent has come on its way to callers, for refreshing that part of the page."""
    return render(request, "agents/_state.html", _state(get_draft(agent_id)))


@require_permission("agents:write")
@require_POST
def preview_prompt(request: OrgRequest, agent_id: UUID) -> HttpResponse:
    """What the agent would be told with what stands in the form now, and what is odd about it. Nothing is saved."""
    draft = get_draft(agent_id)
    form = AgentSettingsForm(request.POST, config=draft.newest.config, version=draft.newest.number)
    config = {**draft.newest.config, **(form.changes() if form.is_valid() else {})}
    context = {
        "agent": draft.agent,
        "form": form,
        "prompt": preview(org=request.org, agent=draft.agent, config=config),
        "findings": lint_prompt(config, request.org, agent=draft.agent),
    }
    return render(request, "agents/_preview.html" if _is_fragment(request) else "agents/preview.html", context)


@require_permission("agents:write")
@require_POST
def publish(request: OrgRequest, agent_id: UUID) -> HttpResponse:
    """Have the newest version rehearsed and put live; an owner may insist, with a reason."""
    try:
        with org_tx():
            request_publication(
                org=request.org,
                agent_id=agent_id,
                actor=request.actor,
                override="override" in request.POST,
                reason=request.POST.get("reason", ""),
            )
    except NotFound:
        raise
    except DomainError as refused:
        reasons = [problem for problems in refused.fields.values() for problem in problems]
        messages.error(request, " ".join(reasons) or refused.message)
    if _is_fragment(request):
        return render(request, "agents/_state.html", _state(get_draft(agent_id)))
    return redirect("agents:detail", agent_id)


@require_permission("agents:write")
@require_POST
def choose_mode(request: OrgRequest, agent_id: UUID) -> HttpResponse:
    """Say how much the agent may do by itself. It counts from the next call on."""
    agent = set_mode(org=request.org, agent_id=agent_id, mode=request.POST.get("mode", ""), actor=request.actor)
    messages.success(request, f"{agent.name}: {agent.get_mode_display().lower()}, from the next call on.")
    return redirect("agents:detail", agent_id)


def _saved(before: AgentDraft, number: int) -> str:
    if number == before.newest.number:
        return "Nothing was changed."
    return f"Saved as version {number}. Callers hear it once it is published."


def _state(draft: AgentDraft) -> dict[str, Any]:
    publication = draft.publication
    is_of_newest = publication is not None and publication.version == draft.newest.number
    return {
        "draft": draft,
        "agent": draft.agent,
        "unpublished": [LABELS[name] for name in draft.unpublished],
        "is_rehearsing": publication is not None and publication.state == PublicationState.REHEARSING,
        "publication": publication if is_of_newest else None,
        "modes": AgentMode.choices,
    }
