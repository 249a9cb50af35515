"""An agent's own Twilio account."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from agents.selectors import get_agent_page
from agents.twilio import find_own_twilio, remove_own_twilio, save_own_twilio
from agents.twilio_form import AgentTwilioForm
from orgs.middleware import OrgRequest
from orgs.permissions import opens_own_transactions, require_fresh_sign_in, require_permission
from orgs.scope import org_tx
from voxanne.errors import DomainError, NotFound


@require_POST
@require_permission("agents:write")
@require_fresh_sign_in
@opens_own_transactions
def connect_twilio(request: OrgRequest, agent_id: UUID) -> HttpResponse:
    """Give an agent its own Twilio account, or replace it."""
    own = find_own_twilio(org=request.org, agent_id=agent_id)
    form = AgentTwilioForm(request.POST, own=own, country=request.org.country)
    if form.is_valid():
        try:
            save_own_twilio(org=request.org, agent_id=agent_id, given=form.given(), actor=request.actor)
        except NotFound:
            raise
        except DomainError as refused:
            form.refuse(refused)
    if not form.is_valid():
        with org_tx():
            page = get_agent_page(org=request.org, agent_id=agent_id)
            return render(request, "agents/line.html", {"page": page, "form": form}, status=422)
    messages.success(request, "Saved. The number is being connected.")
    return redirect("agents:line", agent_id)


@require_http_methods(["GET", "HEAD", "POST"])
@require_permission("agents:write")
@require_fresh_sign_in
def disconnect_twilio(request: OrgRequest, agent_id: UUID) -> HttpResponse:
    """Ask, then let an agent go back to the clinic's account."""
    if request.method != "POST":
        page = get_agent_page(org=request.org, agent_id=agent_id)
        return render(request, "agents/disconnect.html", {"page": page})
    remove_own_twilio(org=request.org, agent_id=agent_id, actor=request.actor)
    messages.success(request, "This agent's own Twilio account is disconnected.")
    return redirect("agents:line", agent_id)
