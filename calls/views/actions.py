"""What can be done with a call from its page: text the caller, take the transcript, remind of the visit."""

import json
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import get_random_string
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from calls.actions.exporting import ExportFormat, export_transcript
from calls.actions.follow_up import find_obstacle, send_follow_up
from calls.actions.reminding import remind_of_visit
from calls.actions.selectors import list_messages_of_call
from calls.forms import FollowUpForm
from calls.models import Call
from calls.selectors import access_call
from orgs.middleware import OrgRequest
from orgs.permissions import opens_own_transactions, require_permission
from orgs.scope import org_tx
from scheduling.models import ReminderChannel
from voxanne.errors import BadInput, DomainError
from voxanne.ui.templatetags.say import caller

KEY_LENGTH = 32
# What the page's lists of messages listen to beside the live stream.
SENT = "message-sent"


@require_http_methods(["GET", "HEAD", "POST"])
@require_permission("messages:write")
def follow_up(request: OrgRequest, call_id: UUID) -> HttpResponse:
    """The form (page or dialog), and texting the caller."""
    call = access_call(call_id)
    if request.method != "POST":
        return _follow_up_form(request, call, FollowUpForm())
    form = FollowUpForm(request.POST)
    if not form.is_valid():
        return _follow_up_form(request, call, form, status=422)
    try:
        send_follow_up(
            org=request.org,
            call=call,
            text=form.cleaned_data["message"],
            idempotency_key=_key(request),
            actor=request.actor,
        )
    except DomainError as refused:
        form.add_error(None, refused.message)
        return _follow_up_form(request, call, form, status=422)
    words = f"Your text to {caller(call)} is on its way."
    if _is_fragment(request):
        trigger = {"dialog:close": True, SENT: True, "toast": {"level": "success", "message": words}}
        return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(trigger)})
    messages.success(request, words)
    return redirect("calls:detail", call.pk)


@require_POST
@opens_own_transactions
@require_permission("calls:read")
def export(request: OrgRequest, call_id: UUID) -> HttpResponse:
    """The transcript as a file: setting a long one takes seconds, for which no transaction stays open."""
    kind = request.POST.get("format", "")
    if kind not in ExportFormat.values:
        raise BadInput("Choose txt, pdf or json.")
    with org_tx():
        call = access_call(call_id)
    try:
        made = export_transcript(
            org=request.org,
            call=call,
            kind=ExportFormat(kind),
            recipient=getattr(request.user, "email", ""),
            idempotency_key=get_random_string(KEY_LENGTH),
            actor=request.actor,
        )
    except DomainError as refused:
        messages.error(request, refused.message)
        return redirect("calls:detail", call.pk)
    return HttpResponse(
        made.content,
        content_type=made.content_type,
        headers={"Content-Disposition": f'attachment; filename="{made.name}"', "Cache-Control": "no-store"},
    )


@require_POST
@require_permission("appointments:write")
def remind(request: OrgRequest, call_id: UUID) -> HttpResponse:
    """Remind the caller of the visit that the call made."""
    call = access_call(call_id)
    way = ReminderChannel.EMAIL if request.POST.get("method") == "email" else ReminderChannel.SMS
    try:
        with org_tx():
            remind_of_visit(org=request.org, call=call, channel=way, idempotency_key=_key(request), actor=request.actor)
    except DomainError as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, f"The reminder goes out by {'email' if way is ReminderChannel.EMAIL else 'SMS'}.")
    return redirect("calls:detail", call.pk)


@require_safe
@require_permission("messages:read")
def call_messages(request: OrgRequest, call_id: UUID) -> HttpResponse:
    """The call's messages, as its page shows them."""
    call = access_call(call_id)
    return render(request, "calls/_messages.html", {"call": call, "thread": list_messages_of_call(call.pk)})


def _follow_up_form(request: OrgRequest, call: Call, form: FollowUpForm, *, status: int = 200) -> HttpResponse:
    """The form; after a refusal under a new key, for the words may be others then."""
    context = {
        "call": call,
        "form": form,
        "key": get_random_string(KEY_LENGTH),
        "obstacle": find_obstacle(org=request.org, call=call) if not form.is_bound else "",
    }
    template = "calls/_follow_up.html" if _is_fragment(request) else "calls/follow_up.html"
    return render(request, template, context, status=status)


def _key(request: OrgRequest) -> str:
    """The form's own key, so that sending it twice is sending it once."""
    return request.POST.get("key", "")[:KEY_LENGTH] or get_random_string(KEY_LENGTH)


def _is_fragment(request: OrgRequest) -> bool:
    return "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers
