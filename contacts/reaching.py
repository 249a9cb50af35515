"""Whether a contact gets texts, and the team's word on it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from contacts.errors import OptedOutThemselves
from contacts.models import Contact, ContactAlias
from contacts.people import lock_contact
from orgs import audit
from orgs.actors import Actor
from orgs.models import Organization
from orgs.scope import org_tx
from telephony.messaging.opt_outs import opt_in, opt_out
from telephony.models import OptOut, OptOutSource
from voxanne.clock import now


@dataclass(frozen=True)
class TextsStopped:
    """Since when somebody gets no texts, and who said so.

    Attributes:
        by_team: the team noted it, and can take it back.
    """

    since: datetime
    why: str
    by_team: bool


def find_stop(contact: Contact) -> TextsStopped | None:
    """Why this person gets no texts; None when they do. One query. Inside org_tx."""
    came_with_a_merge = ContactAlias.objects.filter(contact_id=contact.pk, phone__gt="").values("phone")
    rows = list(OptOut.objects.filter(Q(phone_number=contact.phone) | Q(phone_number__in=came_with_a_merge)))
    by_themselves = [row for row in rows if row.source != OptOutSource.STAFF]
    for row in by_themselves or rows:
        return TextsStopped(row.opted_out_at, str(OptOutSource(row.source).label), by_team=not by_themselves)
    if contact.opted_out_at is not None:
        return TextsStopped(contact.opted_out_at, str(OptOutSource.STAFF.label), True)
    return None


def stop_texts(*, org: Organization, contact_id: UUID, actor: Actor) -> Contact:
    """Note that somebody wants no texts. Twice is once.

    Raises:
        NotFound: no such contact here.
    """
    with org_tx():
        contact = lock_contact(contact_id)
        if find_stop(contact) is None:
            if contact.phone:
                opt_out(org=org, number=contact.phone, source=OptOutSource.STAFF, actor=actor)
            _mark(contact, now())
            audit.record(actor, "contact.texts_stopped", contact)
    return contact


def allow_texts(*, org: Organization, contact_id: UUID, actor: Actor) -> Contact:
    """Take back what the team noted. Twice is once.

    Raises:
        NotFound: no such contact here. OptedOutThemselves: it was not the team's word.
    """
    with org_tx():
        contact = lock_contact(contact_id)
        stopped = find_stop(contact)
        if stopped is not None:
            if not stopped.by_team:
                raise OptedOutThemselves
            if contact.phone:
                opt_in(org=org, number=contact.phone, actor=actor)
            _mark(contact, None)
            audit.record(actor, "contact.texts_allowed", contact)
    return contact


def _mark(contact: Contact, since: datetime | None) -> None:
    contact.opted_out_at = since
    contact.save(update_fields=["opted_out_at", "updated_at"])
