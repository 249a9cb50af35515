"""What Twilio and Resend post to us. CSRF does not apply: the sender proves itself by signature."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from telephony.forwarding.accounts import list_line_tokens, list_platform_tokens
from telephony.forwarding.trial_calls import follow_trial
from telephony.ingress.caller_ids import follow_verification
from telephony.ingress.door import admitted, admitted_to
from telephony.ingress.email_events import follow_email_event
from telephony.ingress.measures import RESEND_WEBHOOKS, measured
from telephony.ingress.receiving import receive
from telephony.ingress.resend_door import admitted_event
from telephony.ingress.statuses import follow_status
from voxanne.errors import BadInput


@csrf_exempt
@require_POST
def inbound_text(request: HttpRequest) -> HttpResponse:
    """`POST /api/twilio/sms`: an SMS or WhatsApp message to one of a clinic's numbers."""
    with measured("sms") as passage, admitted(request, our_number="To") as (org, form):
        if not form.get("MessageSid"):
            raise BadInput("MessageSid is missing.")
        if not receive(org, form):
            passage.outcome = "duplicate"
    return HttpResponse("<Response/>", content_type="text/xml")


@csrf_exempt
@require_POST
def message_status(request: HttpRequest) -> HttpResponse:
    """`POST /api/twilio/status?m=<message>`: what became of a message that went out."""
    with measured("status") as passage, admitted(request, our_number="From") as (org, form):
        if not follow_status(org, form, message_id=_uuid(request.GET.get("m", ""))):
            passage.outcome = "ignored"
    return HttpResponse(status=204)


@csrf_exempt
@require_POST
def caller_id_status(request: HttpRequest) -> HttpResponse:
    """`POST /api/twilio/caller-id?org=<organisation>&v=<verification>`: how a verification call ended."""
    org_id, verification_id = _uuid(request.GET.get("org", "")), _uuid(request.GET.get("v", ""))
    with (
        measured("caller_id") as passage,
        admitted_to(request, org_id, tokens_of=list_line_tokens) as (org, form),
    ):
        if not follow_verification(org, form, verification_id=verification_id):
            passage.outcome = "ignored"
    return HttpResponse(status=204)


@csrf_exempt
@require_POST
def trial_call_status(request: HttpRequest) -> HttpResponse:
    """`POST /api/twilio/trial-call?org=<organisation>&t=<trial>`: how a call of ours to a clinic's line goes."""
    org_id, trial_id = _uuid(request.GET.get("org", "")), _uuid(request.GET.get("t", ""))
    with (
        measured("trial_call") as passage,
        admitted_to(request, org_id, tokens_of=list_platform_tokens) as (org, form),
    ):
        call_sid, status = form.get("CallSid", ""), form.get("CallStatus", "")
        if not follow_trial(org, trial_id=trial_id, call_sid=call_sid, status=status):
            passage.outcome = "ignored"
    return HttpResponse(status=204)


@csrf_exempt
@require_POST
def email_event(request: HttpRequest) -> HttpResponse:
    """`POST /api/resend/webhook?org=<organisation>`: what became of an email that went out."""
    with measured("email", webhooks=RESEND_WEBHOOKS) as passage, admitted_event(request) as (org, event):
        if not follow_email_event(org, event):
            passage.outcome = "ignored"
    return HttpResponse(status=204)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
