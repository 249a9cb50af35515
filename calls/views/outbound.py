"""The buttons that have somebody called: back from a call's page, and "Call me" on an agent's."""

import json
from uuid import UUID

from django.contrib import messages
from django.contrib.messages import constants
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from agents.models import Agent
from agents.selectors import get_agent
from calls.models import Call, OutboundCall, OutboundPurpose, OutboundState
from calls.outbound.errors import NumberInvalid, NumberMissing
from calls.outbound.forms import CallMeForm
from calls.outbound.placing import place_call
from calls.outbound.selectors import call_button_state, call_me_state
from calls.outbound.words import NOT_CONFIRMED
from calls.selectors import access_call
from contacts.models import Contact
from contacts.people import access_contact
from orgs.middleware import OrgRequest
from orgs.permissions import opens_own_transactions, require_permission
from orgs.scope import org_tx
from voxanne.errors import DomainError
from voxanne.ui.templatetags.say import caller


@require_POST
@opens_own_transactions
@require_permission("calls:write")
def call_back(request: OrgRequest, call_id: UUID) -> HttpResponse:
    """Call the other party of a call. htmx gets the button as it is now, and a toast; a form the new call's page."""
    with org_tx():
        call = access_call(call_id)
        contact = call.contact
    try:
        placed = place_call(
            org=request.org,
            purpose=OutboundPurpose.CALL_BACK,
            idempotency_key=request.POST.get("key", ""),
            actor=request.actor,
            contact=contact if contact is not None and contact.phone else None,
            number=call.phone_number,
        )
    except DomainError as refused:
        return _refused(request, call, refused)
    level, words = _tell(placed, who=caller(call))
    if not _is_fragment(request):
        messages.add_message(request, constants.DEFAULT_LEVELS[level.upper()], words)
        return redirect("calls:detail", placed.call_id or call.pk)
    return _button(request, call, level=level, words=words, status=200)


@require_POST
@opens_own_transactions
@require_permission("calls:write")
def call_back_contact(request: OrgRequest, contact_id: UUID) -> HttpResponse:
    """Call a lead. Answers as `call_back` does."""
    with org_tx():
        contact = access_contact(contact_id)
    try:
        placed = place_call(
            org=request.org,
            purpose=OutboundPurpose.CALL_BACK,
            idempotency_key=request.POST.get("key", ""),
            actor=request.actor,
            contact=contact,
        )
    except DomainError as refused:
        words = _words_of(refused)
        if _is_fragment(request):
            return _lead_button(request, contact, level="error", words=words, status=refused.http_status)
        messages.error(request, words)
        return redirect("contacts:lead", contact.pk)
    level, words = _tell(placed, who=contact.name or "them")
    if _is_fragment(request):
        return _lead_button(request, contact, level=level, words=words, status=200)
    messages.add_message(request, constants.DEFAULT_LEVELS[level.upper()], words)
    if placed.call_id is None:
        return redirect("contacts:lead", contact.pk)
    return redirect("calls:detail", placed.call_id)


@require_http_methods(["GET", "HEAD", "POST"])
@opens_own_transactions
@require_permission("agents:write")
def call_me(request: OrgRequest, agent_id: UUID) -> HttpResponse:
    """The form (page or dialog), and having an agent ring whoever wants to hear it."""
    with org_tx():
        agent = get_agent(agent_id)
    if request.method != "POST":
        return _call_me_form(request, agent)
    form = CallMeForm(request.POST)
    if not form.is_valid():
        return _call_me_form(request, agent, form)
    try:
        placed = place_call(
            org=request.org,
            purpose=OutboundPurpose.TEST_CALL,
            idempotency_key=request.POST.get("key", ""),
            actor=request.actor,
            number=form.cleaned_data["phone"],
            agent=agent,
        )
    except DomainError as refused:
        form.add_error("phone" if isinstance(refused, NumberInvalid | NumberMissing) else None, _words_of(refused))
        return _call_me_form(request, agent, form)
    level, words = _tell(placed, who="you")
    if _is_fragment(request):
        trigger = {"dialog:close": True, "toast": {"level": level, "message": words}}
        return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(trigger)})
    messages.add_message(request, constants.DEFAULT_LEVELS[level.upper()], words)
    return redirect("agents:detail", agent.pk)


def _call_me_form(request: OrgRequest, agent: Agent, form: CallMeForm | None = None) -> HttpResponse:
    """The form; after a refusal under a new key, for what was refused stays refused under the old one."""
    with org_tx():
        state = call_me_state(org=request.org, agent=agent)
    template = "agents/_call_me.html" if _is_fragment(request) else "agents/call_me.html"
    context = {"agent": agent, "form": form or CallMeForm(), "key": state.key, "reason": state.reason}
    return render(request, template, context, status=422 if form else 200)


def _refused(request: OrgRequest, call: Call, refused: DomainError) -> HttpResponse:
    words = _words_of(refused)
    if _is_fragment(request):
        return _button(request, call, level="error", words=words, status=refused.http_status)
    messages.error(request, words)
    return redirect("calls:detail", call.pk)


def _button(request: OrgRequest, call: Call, *, level: str, words: str, status: int) -> HttpResponse:
    with org_tx():
        state = call_button_state(org=request.org, contact=call.contact, number=call.phone_number)
        context = {"call": call, "call_back": state}
        response = render(request, "calls/_call_back.html", context, status=status)
    response["HX-Trigger"] = json.dumps({"toast": {"level": level, "message": words}})
    return response


def _lead_button(request: OrgRequest, contact: Contact, *, level: str, words: str, status: int) -> HttpResponse:
    with org_tx():
        state = call_button_state(org=request.org, contact=contact)
        context = {"call_back": state, "call_back_url": reverse("calls:call-back-contact", args=[contact.pk])}
        response = render(request, "calls/_call_back.html", context, status=status)
    response["HX-Trigger"] = json.dumps({"toast": {"level": level, "message": words}})
    return response


def _tell(placed: OutboundCall, *, who: str) -> tuple[str, str]:
    """Level and words of the toast."""
    if placed.state == OutboundState.PLACED:
        return "success", f"Calling {who} now."
    return "warning", NOT_CONFIRMED


def _words_of(refused: DomainError) -> str:
    """To people a refusal of Vapi's is told with what it means for them; to machines it stays the one sentence."""
    return str(refused.context.get("problem") or refused.message)


def _is_fragment(request: HttpRequest) -> bool:
    return "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers
