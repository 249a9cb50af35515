"""How far a call brought the lead. Each call has one verdict; the contact follows that of the newest call.

A stage that the team chose by hand stands until the next call: a verdict acts once, and replaying a call that has had
its verdict changes nothing.
"""

from collections.abc import Sequence

from calls.after_call.callers import spoke_at
from calls.lead_facts import has_failed
from calls.models import Call
from contacts.models import Contact, LeadStatus
from contacts.spoken_wishes import Spoken, has_declined
from scheduling.selectors import has_standing_visit

MOST_INTERESTS = 20


def settle_stage(*, call: Call, contact: Contact, said: Sequence[Spoken]) -> None:
    """Give a finished call its verdict, and have its contact follow. Both are locked; nothing is stored yet."""
    verdict, status = _verdict(call, contact, said), LeadStatus(contact.lead_status)
    if call.lead_stage != verdict:
        status = verdict if _counts(call, contact, verdict) else status
        call.lead_stage = verdict
    contact.lead_status = status
    contact.last_contacted_at = max(filter(None, (contact.last_contacted_at, spoke_at(call))))
    contact.service_interests = _interests(contact, call)


def _verdict(call: Call, contact: Contact, said: Sequence[Spoken]) -> LeadStatus:
    if call.booking_confirmed:
        return LeadStatus.BOOKED
    if has_declined(said) or (has_failed(call) and _failed_before(call, contact)):
        return LeadStatus.LOST
    return LeadStatus.CONTACTED


def _failed_before(call: Call, contact: Contact) -> bool:
    """Whether the call before this one had failed already."""
    earlier = Call.objects.filter(contact_id=contact.pk, created_at__lt=call.created_at).exclude(pk=call.pk)
    last = earlier.only("id", "org_id", "call_type", "outcome").order_by("-created_at").first()
    return last is not None and has_failed(last)


def _counts(call: Call, contact: Contact, verdict: LeadStatus) -> bool:
    """Whether the contact follows this verdict: a newer call has none yet, and no visit that stands is denied."""
    is_booked = verdict == LeadStatus.BOOKED
    newer = Call.objects.filter(contact_id=contact.pk, created_at__gt=call.created_at).exclude(lead_stage="")
    if newer.exclude(pk=call.pk).exists():
        return is_booked and has_standing_visit(contact.pk)
    if is_booked or contact.lead_status != LeadStatus.BOOKED:
        return True
    return verdict == LeadStatus.LOST and not has_standing_visit(contact.pk)


def _interests(contact: Contact, call: Call) -> list[str]:
    """The services that the contact has named in any call, the oldest first."""
    names = [*contact.service_interests, *call.service_names]
    return list(dict.fromkeys(names))[:MOST_INTERESTS]
