"""Putting somebody on the waiting list, changing what they wait for, and taking them off."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError

from contacts.models import Service
from contacts.services import clean_name, remember_caller
from orgs import audit
from orgs.actors import Actor
from orgs.models import Organization
from orgs.scope import org_tx
from orgs.tasks import enqueue_on_commit
from scheduling.models import (
    ON_THE_LIST,
    AppointmentSource,
    OfferState,
    OpeningState,
    Practitioner,
    WaitlistEntry,
    WaitlistOffer,
    WaitlistOpening,
    WaitlistState,
    WantedPart,
)
from scheduling.waitlist import tasks
from scheduling.waitlist.errors import AlreadyWaits
from scheduling.waitlist.offering import let_pass
from scheduling.wall_clock import LocalDay
from voxanne.clock import now
from voxanne.errors import BadInput, NotFound
from voxanne.live import publish_on_commit

LONGEST_NOTES = 1000
# Nobody remembers what they asked for longer ago than that.
FURTHEST_DAYS = 180


@dataclass(frozen=True)
class Waiting:
    """What somebody wants to wait for.

    Attributes:
        phone: as somebody in the clinic's country would dial it.
        first_day, last_day: both included, by the clinic's calendar.
        service, practitioner: None is "whatever it is".
    """

    patient_name: str
    phone: str
    first_day: date
    last_day: date
    part_of_day: WantedPart = WantedPart.ANY
    service: Service | None = None
    practitioner: Practitioner | None = None
    call_id: UUID | None = None
    notes: str = ""


def join_waitlist(*, org: Organization, waiting: Waiting, actor: Actor) -> WaitlistEntry:
    """Put somebody on the list. Asked again for the same, it is the entry that is there.

    Raises:
        BadInput: the days are over, too far ahead, or in the wrong order. UnusablePhone: nobody could dial it.
    """
    check_days(org, waiting.first_day, waiting.last_day)
    source = AppointmentSource.STAFF if actor.user_id else AppointmentSource.AI_CALL
    name = clean_name(waiting.patient_name)
    with org_tx():
        contact = remember_caller(org=org, phone=waiting.phone, name=name, source=source.value)
        wish = {
            "contact_id": contact.pk,
            "patient_name": name,
            "service": waiting.service,
            "practitioner": waiting.practitioner,
            "first_day": waiting.first_day,
            "last_day": waiting.last_day,
            "part_of_day": waiting.part_of_day.value,
        }
        new = WaitlistEntry(
            org_id=org.pk,
            **wish,
            expires_at=_end_of(org, waiting.last_day),
            call_id=waiting.call_id,
            created_by_id=actor.user_id,
            notes=waiting.notes.replace("\x00", "")[:LONGEST_NOTES],
        )
        WaitlistEntry.objects.bulk_create([new], ignore_conflicts=True)
        entry: WaitlistEntry = WaitlistEntry.objects.get(**wish, state__in=ON_THE_LIST)
        if entry.pk == new.pk:
            audit.record(actor, "waitlist.joined", entry, call_id=str(waiting.call_id or ""))
            publish_on_commit(org.pk, "appointment", id=entry.pk)
    return entry


def change_entry(*, org: Organization, entry_id: UUID, change: Mapping[str, Any], actor: Actor) -> WaitlistEntry:
    """Wait for something else, from now on; an offer that is open stays.

    Args:
        change: any of service, practitioner, first_day, last_day, part_of_day and notes.

    Raises:
        NotFound: nobody on the list under that id. BadInput: the days. AlreadyWaits.
    """
    with org_tx():
        entry = _lock_entry(entry_id)
        check_days(org, change.get("first_day", entry.first_day), change.get("last_day", entry.last_day))
        for name, value in change.items():
            setattr(entry, name, value)
        entry.expires_at = _end_of(org, entry.last_day)
        try:
            with org_tx():
                entry.save(update_fields=[*change, "expires_at", "updated_at"])
        except IntegrityError as error:
            raise AlreadyWaits from error
        audit.record(actor, "waitlist.changed", entry)
        publish_on_commit(org.pk, "appointment", id=entry.pk)
    return entry


def take_off(*, org: Organization, entry_id: UUID, actor: Actor) -> None:
    """Take somebody off the list; the time that they were being asked about goes to the next. Twice is once.

    Raises:
        NotFound: there never was such an entry here.
    """
    with org_tx():
        offer = WaitlistOffer.objects.filter(entry_id=entry_id, state=OfferState.OPEN).first()
        if offer is not None:
            _withdraw(org, offer)
        entry: WaitlistEntry | None = WaitlistEntry.objects.select_for_update().filter(pk=entry_id).first()
        if entry is None:
            raise NotFound("We could not find that person on the waiting list.")
        if entry.state not in ON_THE_LIST:
            return
        entry.state = WaitlistState.LEFT
        entry.save(update_fields=["state", "updated_at"])
        audit.record(actor, "waitlist.removed", entry)
        publish_on_commit(org.pk, "appointment", id=entry.pk)


def check_days(org: Organization, first_day: date, last_day: date) -> None:
    """Whether somebody can wait for those days.

    Raises:
        BadInput: says at which of them what is wrong.
    """
    today = now().astimezone(org.zone).date()
    if last_day < first_day:
        raise BadInput(fields={"last_day": ["The last day is before the first."]})
    if last_day < today:
        raise BadInput(fields={"last_day": ["That is in the past."]})
    if last_day > today + timedelta(days=FURTHEST_DAYS):
        raise BadInput(fields={"last_day": [f"Nobody can wait longer than {FURTHEST_DAYS} days."]})


def _lock_entry(entry_id: UUID) -> WaitlistEntry:
    query = WaitlistEntry.objects.select_for_update(of=("self",)).select_related("contact")
    entry: WaitlistEntry | None = query.filter(pk=entry_id, state__in=ON_THE_LIST).first()
    if entry is None:
        raise NotFound("We could not find that person on the waiting list.")
    return entry


def _withdraw(org: Organization, found: WaitlistOffer) -> None:
    """End an open offer; in the order of all locks."""
    opening: WaitlistOpening = WaitlistOpening.objects.select_for_update().get(pk=found.opening_id)
    offer: WaitlistOffer = WaitlistOffer.objects.select_for_update().get(pk=found.pk)
    if offer.state != OfferState.OPEN:
        return
    let_pass(org, offer, OfferState.FAILED, problem="Taken off the list.")
    if opening.state == OpeningState.OPEN:
        opening.due_at = now()
        opening.save(update_fields=["due_at", "updated_at"])
        enqueue_on_commit(tasks.offer_next, str(org.pk), str(opening.pk))


def _end_of(org: Organization, day: date) -> datetime:
    """Midnight after a day by the clinic's clock."""
    return datetime.fromtimestamp(LocalDay(day + timedelta(days=1), org.zone).starts_at, org.zone)
