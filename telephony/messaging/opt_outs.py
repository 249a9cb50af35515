"""Who wants no texts: one list an organisation, by number, and the contact's own mark kept in step."""

from datetime import datetime
from uuid import UUID

from orgs import audit
from orgs.actors import Actor
from orgs.models import Organization
from telephony.messaging.people import people
from telephony.models import OptOut, OptOutSource
from voxanne.clock import now

# The purpose of the one text that still goes to somebody who opted out: that it was understood.
LAST_WORD = "opt_out_confirmation"


def opt_out(*, org: Organization, number: str, source: OptOutSource, actor: Actor) -> bool:
    """Send this number (E.164) nothing more. False when it was so already. Inside org_tx."""
    moment: datetime = now()
    row = OptOut(org=org, phone_number=number, source=source, opted_out_at=moment)
    OptOut.objects.bulk_create([row], ignore_conflicts=True)
    kept = OptOut.objects.get(phone_number=number)
    people().follow_opt_out(org, number, kept.opted_out_at)
    if kept.pk != row.pk:
        return False
    audit.record(actor, "messages.opted_out", kept, source=source.value)
    return True


def opt_in(*, org: Organization, number: str, actor: Actor) -> bool:
    """Text this number again. False when nothing stood against it. Inside org_tx."""
    row = OptOut.objects.select_for_update().filter(phone_number=number).first()
    was_out = row is not None or people().has_opted_out(org, None, number)
    if row is not None:
        audit.record(actor, "messages.opted_in", row)
        row.delete()
    people().follow_opt_out(org, number, None)
    return was_out


def has_opted_out(*, org: Organization, number: str, contact_id: UUID | None = None) -> bool:
    """Whether this number, or the person, wants no texts. Two queries. Inside org_tx."""
    if OptOut.objects.filter(phone_number=number).exists():
        return True
    return people().has_opted_out(org, contact_id, number)
