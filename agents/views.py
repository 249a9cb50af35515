"""The agents page."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from agents.selectors import list_agents
from agents.services import request_sync
from orgs.middleware import OrgRequest
from orgs.permissions import require_permission


def _is_fragment(request: HttpRequest) -> bool:
    return "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers


@require_permission("agents:read")
@require_GET
def agent_list(request: OrgRequest) -> HttpResponse:
    """The clinic's agents and how far Vapi follows them; an htmx request gets the list alone."""
    template = "agents/_agents.html" if _is_fragment(request) else "agents/list.html"
    return render(request, template, {"agents": list_agents(request.org)})


@require_permission("agents:write")
@require_POST
def sync(request: OrgRequest, agent_id: UUID) -> HttpResponse:
    """Try again to bring one agent in step."""
    request_sync(org=request.org, agent_id=agent_id, actor=request.actor)
    if _is_fragment(request):
        return render(request, "agents/_agents.html", {"agents": list_agents(request.org)})
    return redirect("agents:list")
