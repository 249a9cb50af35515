"""Who could take a freed time, and when exactly their visit would be."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef

from orgs.models import Organization
from scheduling.diary import Diary
from scheduling.diary_reader import read_diary
from scheduling.models import OfferState, WaitlistEntry, WaitlistOffer, WaitlistOpening, WaitlistState, WantedPart
from scheduling.types import PartOfDay, Slot, VisitRules
from scheduling.waitlist.ranking import FreedSpan, Wish, ranked
from voxanne.clock import now

# How long an offer stands before the next in turn is asked: long enough to see a text, short enough to ask four people
# in an hour.
OFFER_STANDS = timedelta(minutes=15)
# Nobody is asked to come within the hour after an offer has run out.
MINIMUM_LEAD = timedelta(hours=1)
# The longest waiting of those who could come; a clinic with more asks these first.
MOST_LOOKED_AT = 500


@dataclass(frozen=True)
class Match:
    """Somebody who could come, and the visit that the diary has for them."""

    entry: WaitlistEntry
    slot: Slot


def find_matches(*, org: Organization, opening: WaitlistOpening) -> Iterator[Match]:
    """Those who have not been asked about it yet, in turn. Inside org_tx: one query, and four for each service."""
    entries = {entry.pk: entry for entry in _candidates(org, opening)}
    diaries: dict[UUID | None, Diary] = {}
    for wish in ranked((wish_of(entry) for entry in entries.values()), span_of(org, opening)):
        entry = entries[wish.id]
        if entry.service_id not in diaries:
            diaries[entry.service_id] = _read(org, opening, entry)
        slot = _first_slot(diaries[entry.service_id], opening, wish)
        if slot is not None:
            yield Match(entry, slot)


def can_be_asked_about(starts_at: datetime, rules: VisitRules) -> bool:
    """Whether an offer of that start could stand its whole time and then still be booked, and be come to."""
    lead = max(MINIMUM_LEAD, timedelta(seconds=rules.notice_s))
    return starts_at - lead >= now() + OFFER_STANDS


def span_of(org: Organization, opening: WaitlistOpening) -> FreedSpan:
    """The days and parts of the day that a freed time touches, by the clinic's clock."""
    moments, moment = [opening.ends_at - timedelta(seconds=1)], opening.starts_at
    while moment < opening.ends_at:
        moments.append(moment)
        moment += timedelta(hours=1)
    local = [moment.astimezone(org.zone) for moment in moments]
    return FreedSpan(
        practitioner_id=opening.practitioner_id,
        service_id=opening.service_id,
        days=frozenset(moment.date() for moment in local),
        parts=frozenset(PartOfDay.at(moment) for moment in local),
    )


def wish_of(entry: WaitlistEntry) -> Wish:
    """What somebody who waits wants, for ranking."""
    any_part = entry.part_of_day == WantedPart.ANY
    return Wish(
        id=entry.pk,
        service_id=entry.service_id,
        practitioner_id=entry.practitioner_id,
        first_day=entry.first_day,
        last_day=entry.last_day,
        part_of_day=None if any_part else PartOfDay(entry.part_of_day),
        waiting_since=entry.created_at,
    )


def _candidates(org: Organization, opening: WaitlistOpening) -> list[WaitlistEntry]:
    first, last = _days(org, opening)
    asked = WaitlistOffer.objects.for_org(org.pk).filter(opening_id=opening.pk, entry_id=OuterRef("pk"))
    busy = WaitlistOffer.objects.for_org(org.pk).filter(contact_id=OuterRef("contact_id"), state=OfferState.OPEN)
    query = (
        WaitlistEntry.objects.for_org(org.pk)
        .filter(state=WaitlistState.WAITING, first_day__lte=last, last_day__gte=first)
        .filter(~Exists(asked), ~Exists(busy))
    )
    if opening.appointment is not None and opening.appointment.contact_id is not None:
        query = query.exclude(contact_id=opening.appointment.contact_id)  # they have just given it back
    return list(
        query.select_related("contact", "service", "practitioner").order_by("created_at", "id")[:MOST_LOOKED_AT]
    )


def _days(org: Organization, opening: WaitlistOpening) -> tuple[date, date]:
    last = opening.ends_at - timedelta(seconds=1)
    return opening.starts_at.astimezone(org.zone).date(), last.astimezone(org.zone).date()


def _read(org: Organization, opening: WaitlistOpening, entry: WaitlistEntry) -> Diary:
    first, last = _days(org, opening)
    return read_diary(org=org, service=entry.service, first_day=first, last_day=last, practitioner=opening.practitioner)


def _first_slot(diary: Diary, opening: WaitlistOpening, wish: Wish) -> Slot | None:
    """The first visit that begins within the freed time and that the wish allows."""
    first, last = diary.day_of(opening.starts_at), diary.day_of(opening.ends_at)
    for slot in diary.slots(max(first, wish.first_day), min(last, wish.last_day), part_of_day=wish.part_of_day):
        begins_inside = opening.starts_at <= slot.starts_at < opening.ends_at
        if begins_inside and can_be_asked_about(slot.starts_at, diary.rules):
            return slot
    return None
