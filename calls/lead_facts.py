"""What a lead's calls say of it, for `contacts.scoring`."""

from collections.abc import Sequence
from datetime import timedelta

from calls.models import Call, CallType, Outcome
from contacts.models import Contact, LeadStatus, Service
from contacts.scoring import REMEMBERED, CallFacts, LeadFacts
from voxanne.clock import now

# Who calls more often than that is no different from who calls so often.
MOST_CALLS = 50
_NOT_TAKEN = (Outcome.NO_ANSWER, Outcome.VOICEMAIL)
_MISSED = (Outcome.NOT_REACHED, Outcome.NO_ANSWER, Outcome.VOICEMAIL, Outcome.FAILED)
_FIELDS = (
    "id", "org_id", "created_at", "started_at", "call_type", "outcome", "financial_value", "matched_services",
    "metadata", "sentiment_label", "sentiment_urgency", "lead_stage",
)  # fmt: skip


def facts_of(*, contact: Contact, services: Sequence[Service], call: Call | None = None) -> LeadFacts:
    """The finished calls of the time that is remembered, and the one before it that says how long ago. One query.

    Args:
        services: the clinic's price list.
        call: one of the contact's that is being finished: it counts as it stands here, not as it is stored.
    """
    since = now() - REMEMBERED - timedelta(days=1)
    calls = Call.objects.filter(contact_id=contact.pk).exclude(lead_stage="").only(*_FIELDS).order_by("-created_at")
    stored = [each for each in calls[:MOST_CALLS] if call is None or each.pk != call.pk]
    newest = sorted([*stored, *([call] if call else [])], key=lambda each: each.created_at, reverse=True)[:MOST_CALLS]
    return LeadFacts(
        status=LeadStatus(contact.lead_status),
        calls=tuple(_facts(each) for place, each in enumerate(newest) if place == 0 or each.created_at >= since),
        prices=tuple(service.price_minor for service in services),
    )


def has_failed(call: Call) -> bool:
    """Whether a call came to nothing: for want of a line, or of anybody who took ours."""
    if call.call_type == CallType.OUTBOUND and call.outcome in _NOT_TAKEN:
        return True
    return call.outcome == Outcome.FAILED


def _facts(call: Call) -> CallFacts:
    wants = call.metadata.get("booking_intent")
    return CallFacts(
        at=call.started_at or call.created_at,
        value_minor=(call.financial_value or 0) if call.matched_services else 0,
        services=tuple(call.service_names),
        wants=wants if isinstance(wants, bool) else None,
        declined=call.lead_stage == LeadStatus.LOST and not has_failed(call),
        urgency=call.sentiment_urgency,
        sentiment=call.sentiment_label,
        missed=call.call_type == CallType.INBOUND and call.outcome in _MISSED,
    )
