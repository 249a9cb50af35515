"""The agents page, and the page of one agent."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from agents.answering import describe_answering
from agents.numbers.wanted import retry_numbers as retry_numbers_of
from agents.selectors import get_agent_page, list_agents
from agents.services import request_sync
from agents.twilio_form import AgentTwilioForm
from orgs.middleware import OrgRequest
from orgs.permissions import require_permission


def _is_fragment(request: HttpRequest) -> bool:
    return "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers


@require_permission("agents:read")
@require_GET
def agent_list(request: OrgRequest) -> HttpResponse:
    """The clinic's agents and how far Vapi follows them; an htmx request gets the list alone."""
    agents = list_agents(request.org)
    if _is_fragment(request):
        return render(request, "agents/_agents.html", {"agents": agents})
    answering = describe_answering(org=request.org, agents=agents)
    return render(request, "agents/list.html", {"agents": agents, "answering": answering})


@require_permission("agents:read")
@require_GET
def agent_line(request: OrgRequest, agent_id: UUID) -> HttpResponse:
    """Whose Twilio account and number serve an agent; an htmx request gets these facts alone."""
    page = get_agent_page(org=request.org, agent_id=agent_id)
    if _is_fragment(request):
        return render(request, "agents/_line.html", {"page": page})
    form = AgentTwilioForm(own=page.twilio.own, country=request.org.country)
    return render(request, "agents/line.html", {"page": page, "form": form})


@require_permission("agents:write")
@require_POST
def sync(request: OrgRequest, agent_id: UUID) -> HttpResponse:
    """Try again to bring one agent in step."""
    request_sync(org=request.org, agent_id=agent_id, actor=request.actor)
    if _is_fragment(request):
        return render(request, "agents/_agents.html", {"agents": list_agents(request.org)})
    return _back(request)


@require_POST
@require_permission("agents:write")
def retry_numbers(request: OrgRequest) -> HttpResponse:
    """Try again to connect whatever numbers need attention, and go back to the page that asked."""
    tried = retry_numbers_of(org=request.org)
    messages.success(request, "Trying again." if tried else "Nothing needs another try.")
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    """To the page of ours that asked, else to the list."""
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return redirect(wanted if safe else "agents:list")
