"""What is free: exactly what booking accepts, no more and no less (see `scheduling.diary`)."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from uuid import UUID

from contacts.models import Service
from orgs.models import Organization
from scheduling.diary import Diary
from scheduling.diary_reader import Reading, read_diary
from scheduling.errors import ClinicClosed, FullyBooked, InThePast, SlotRefused, TooFarAhead
from scheduling.models import Practitioner
from scheduling.speech import say_day, say_full_day
from scheduling.types import PartOfDay, Slot, VisitRules
from scheduling.wall_clock import LocalDay
from voxanne.clock import now

ALTERNATIVES = 3
# How far around a refused start is searched, in days, until enough is found; beyond lies the whole horizon.
SEARCH_DAYS = (1, 10, 60)
_EARLIEST, _LATEST = date(1970, 1, 2), date(9999, 12, 30)


def find_slots(
    *,
    org: Organization,
    first_day: date,
    last_day: date,
    service: Service | None = None,
    part_of_day: PartOfDay | None = None,
    practitioner: Practitioner | None = None,
    limit: int | None = 5,
    for_call: UUID | None = None,
) -> list[Slot]:
    """The first free slots from one day to another, both included; without a limit all. Inside org_tx, five queries.

    Each start appears once, with the first practitioner who is free. Days that cannot be booked give nothing. What is
    held for a call is free to that call.
    """
    diary = read_diary(
        org=org,
        service=service,
        first_day=first_day,
        last_day=last_day,
        practitioner=practitioner,
        reading=Reading(for_call=for_call),
    )
    return list(islice(diary.slots(first_day, last_day, part_of_day=part_of_day), limit))


def get_slots(
    *,
    org: Organization,
    first_day: date,
    last_day: date,
    service: Service | None = None,
    part_of_day: PartOfDay | None = None,
    practitioner: Practitioner | None = None,
    limit: int | None = 5,
) -> list[Slot]:
    """As `find_slots`, but when there is nothing it says why.

    Raises:
        InThePast, TooFarAhead, ClinicClosed, FullyBooked: with the nearest alternatives.
    """
    diary = read_diary(org=org, service=service, first_day=first_day, last_day=last_day, practitioner=practitioner)
    slots = list(islice(diary.slots(first_day, last_day, part_of_day=part_of_day), limit))
    if slots:
        return slots
    refusal = _why_nothing(diary, first_day, last_day)
    around = _moment_on(org, first_day)
    raise refusal.offering(nearest_slots(org=org, around=around, service=service, practitioner=practitioner), org.zone)


def nearest_slots(
    *,
    org: Organization,
    around: datetime,
    service: Service | None = None,
    practitioner: Practitioner | None = None,
    count: int = ALTERNATIVES,
) -> list[Slot]:
    """The free slots nearest to a moment, in order of time. Inside org_tx; mostly five queries.

    For a moment that cannot be booked any more or yet they are the nearest that can.
    """
    rules, moment = VisitRules.of(service), now()
    horizon = moment + timedelta(days=rules.horizon_days)
    around = min(max(around, moment), horizon).astimezone(UTC)
    day = around.astimezone(org.zone).date()
    for days in (*SEARCH_DAYS, rules.horizon_days + 1):
        first, last = day - timedelta(days=days), day + timedelta(days=days)
        diary = read_diary(org=org, service=service, first_day=first, last_day=last, practitioner=practitioner)
        found = _nearest(diary, around=around, days=days, count=count)
        if _is_settled(found, around=around, days=days, count=count):
            break
    return sorted(found, key=lambda slot: slot.starts_at)


def find_nearest_in(diary: Diary, *, around: datetime, count: int = ALTERNATIVES) -> list[Slot] | None:
    """The same from a diary of `SEARCH_DAYS[0]` days on either side; None when it takes more days to know. No query."""
    days = SEARCH_DAYS[0]
    found = _nearest(diary, around=around, days=days, count=count)
    settled = _is_settled(found, around=around, days=days, count=count)
    return sorted(found, key=lambda slot: slot.starts_at) if settled else None


def _nearest(diary: Diary, *, around: datetime, days: int, count: int) -> list[Slot]:
    day = diary.day_of(around)
    slots = diary.slots(day - timedelta(days=days), day + timedelta(days=days))
    return sorted(slots, key=lambda slot: abs(slot.starts_at - around))[:count]


def _is_settled(found: list[Slot], *, around: datetime, days: int, count: int) -> bool:
    """Whether nothing outside of the days searched can be nearer."""
    return len(found) == count and abs(found[-1].starts_at - around) <= timedelta(days=days)


def _why_nothing(diary: Diary, first_day: date, last_day: date) -> SlotRefused:
    if last_day < diary.today:
        return InThePast(f"That is in the past. Today is {say_full_day(diary.today)}.")
    if first_day > diary.last_day:
        return TooFarAhead(f"We take bookings until {say_full_day(diary.last_day)}.")
    days = _days(max(first_day, diary.today), min(last_day, diary.last_day))
    if diary.chairs and all(diary.is_closed(day) for day in days):
        if first_day == last_day:
            return ClinicClosed(f"The clinic is closed on {say_day(first_day, this_year=diary.today.year)}.")
        return ClinicClosed("The clinic is closed on those days.")
    return FullyBooked()


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=ahead) for ahead in range((last - first).days + 1))


def _moment_on(org: Organization, day: date) -> datetime:
    """Noon of a day by the clinic's clock; a day at the end of the calendar counts as the last that has a noon."""
    day = min(max(day, _EARLIEST), _LATEST)
    return datetime.fromtimestamp(LocalDay(day, org.zone).boundary(12 * 60), org.zone)
