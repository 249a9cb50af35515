"""Reading the diary: five queries, however many days, practitioners and appointments."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BigIntegerField, Exists, F, Func, OuterRef, Q

from contacts.models import Service
from orgs.models import Organization
from scheduling.diary import Chair, ClosedPeriod, Diary, Interval, Span, merged
from scheduling.models import (
    Appointment,
    AppointmentStatus,
    BusinessHours,
    CalendarBusyBlock,
    Closure,
    Practitioner,
    PractitionerService,
)
from scheduling.types import VisitRules
from scheduling.wall_clock import DAY_MINUTES, LocalDay
from voxanne.clock import now

# What the table's constraint allows: a visit of a day with buffers of a day on either side.
LONGEST_VISIT = timedelta(days=1)
LONGEST_BUFFER = timedelta(days=1)


@dataclass(frozen=True)
class Reading:
    """For whom the diary is read.

    Attributes:
        ignoring: an appointment that is to be moved, so that its own time is free.
        for_call: a call whose own held slots are free to it.
        beyond_horizon: the team also looks at days that are not offered yet.
    """

    ignoring: UUID | None = None
    for_call: UUID | None = None
    beyond_horizon: bool = False

    def blocking(self, moment: datetime) -> Q:
        """Which appointments keep others away."""
        standing = Q(status__in=[AppointmentStatus.PENDING, AppointmentStatus.CONFIRMED])
        held = Q(status=AppointmentStatus.HELD, held_until__gt=moment)
        if self.for_call is not None:
            held &= ~Q(call_id=self.for_call) | Q(call_id=None)
        blocking = standing | held
        return blocking & ~Q(pk=self.ignoring) if self.ignoring else blocking


def read_diary(
    *,
    org: Organization,
    service: Service | None,
    first_day: date,
    last_day: date,
    practitioner: Practitioner | None = None,
    reading: Reading = Reading(),
) -> Diary:
    """The diary of those who can do a service, over some days, both included. Inside org_tx."""
    moment, rules = now(), VisitRules.of(service)
    people = _eligible(org, service, practitioner)
    ids = [person_id for person_id, _ in people]
    if not ids:
        return Diary(zone=org.zone, now=moment, rules=rules, chairs=())
    if not reading.beyond_horizon:
        first_day, last_day = _reachable(org, moment, rules, first_day, last_day)
    hours, closures = read_hours(org), read_closures(org, first_day, last_day)
    blocking = reading.blocking(moment)
    busy = _busy(org=org, rules=rules, ids=ids, blocking=blocking, first_day=first_day, last_day=last_day)
    outside = _outside(org=org, rules=rules, ids=ids, first_day=first_day, last_day=last_day)
    chairs = [
        Chair(
            practitioner_id=person_id,
            name=name,
            hours=hours.get(person_id) or hours.get(None, {}),
            closures=closures[None] + closures[person_id],
            busy=busy[person_id],
            outside=outside[person_id],
        )
        for person_id, name in people
    ]
    return Diary(zone=org.zone, now=moment, rules=rules, chairs=chairs)


def _reachable(
    org: Organization, moment: datetime, rules: VisitRules, first_day: date, last_day: date
) -> tuple[date, date]:
    """The part of the days that can be booked at all: nothing else needs to be read."""
    today = moment.astimezone(org.zone).date()
    horizon = today + timedelta(days=rules.horizon_days)
    return min(max(first_day, today), horizon), max(min(last_day, horizon), today)


def _eligible(org: Organization, service: Service | None, practitioner: Practitioner | None) -> list[tuple[int, str]]:
    people = Practitioner.objects.for_org(org.pk).filter(is_active=True)
    if practitioner is not None:
        people = people.filter(pk=practitioner.pk)
    if service is not None:
        assigned = PractitionerService.objects.for_org(org.pk).filter(service_id=service.pk)
        people = people.filter(Exists(assigned.filter(practitioner_id=OuterRef("pk"))) | ~Exists(assigned))
    return list(people.order_by("id").values_list("id", "name"))


def read_hours(org: Organization) -> Mapping[int | None, Mapping[int, Sequence[Interval]]]:
    """Weekday → intervals, of the clinic (None) and of each practitioner with hours of their own. One query."""
    found: dict[int | None, dict[int, list[Interval]]] = defaultdict(lambda: defaultdict(list))
    rows = BusinessHours.objects.for_org(org.pk).values_list("practitioner_id", "weekday", "opens_at", "closes_at")
    for person_id, weekday, opens_at, closes_at in rows:
        found[person_id][weekday].append(_interval(opens_at, closes_at))
    return {
        person_id: {weekday: merged(intervals) for weekday, intervals in week.items()}
        for person_id, week in found.items()
    }


def read_closures(org: Organization, first_day: date, last_day: date) -> dict[int | None, list[ClosedPeriod]]:
    """What is closed on some days, both included, of the clinic (None) and of each practitioner. One query."""
    found: dict[int | None, list[ClosedPeriod]] = defaultdict(list)
    rows = Closure.objects.for_org(org.pk).filter(last_day__gte=first_day, first_day__lte=last_day)
    for row in rows:
        part = None if row.starts_at is None or row.ends_at is None else _interval(row.starts_at, row.ends_at)
        found[row.practitioner_id].append(ClosedPeriod(first_day=row.first_day, last_day=row.last_day, part=part))
    return found


def _busy(
    *, org: Organization, rules: VisitRules, ids: list[int], blocking: Q, first_day: date, last_day: date
) -> dict[int, list[Span]]:
    """What blocks each practitioner, found by the scalar start: range operators reach no index under row security."""
    since, until = LocalDay(first_day, org.zone).starts_at, LocalDay(last_day + timedelta(days=1), org.zone).starts_at
    rows = (
        Appointment.objects.for_org(org.pk)
        .filter(blocking, practitioner_id__in=ids)
        .filter(
            starts_at__gt=_aware(org, since - rules.before_s) - LONGEST_VISIT - LONGEST_BUFFER,
            starts_at__lt=_aware(org, until + rules.after_s) + LONGEST_BUFFER,
        )
        .annotate(since=_seconds("floor", "blocked", "lower"), until=_seconds("ceil", "blocked", "upper"))
        .order_by("practitioner_id", "starts_at")
        .values_list("practitioner_id", "since", "until")
    )
    busy: dict[int, list[Span]] = defaultdict(list)
    for person_id, blocked_from, blocked_until in rows:
        busy[person_id].append((blocked_from, blocked_until))
    return busy


def _outside(
    *, org: Organization, rules: VisitRules, ids: list[int], first_day: date, last_day: date
) -> dict[int, list[Span]]:
    """When outside events keep each practitioner away: their own and the clinic's, found by the scalar times."""
    since, until = LocalDay(first_day, org.zone).starts_at, LocalDay(last_day + timedelta(days=1), org.zone).starts_at
    rows = (
        CalendarBusyBlock.objects.for_org(org.pk)
        .filter(
            ends_at__gt=_aware(org, since - rules.before_s),
            starts_at__lt=_aware(org, until + rules.after_s) + LONGEST_VISIT,
        )
        .annotate(since=_seconds("floor", "starts_at"), until=_seconds("ceil", "ends_at"))
        .values_list("practitioner_id", "since", "until")
    )
    found: dict[int | None, list[Span]] = defaultdict(list)
    for person_id, busy_from, busy_until in rows:
        found[person_id].append((busy_from, busy_until))
    everybody = merged(found[None])
    return {person_id: merged([*everybody, *found[person_id]]) if found[person_id] else everybody for person_id in ids}


class _WholeSeconds(Func):
    """A moment in whole seconds. PostgreSQL's bigint is an int already: nothing converts it, which thousands notice."""

    output_field = BigIntegerField()

    def get_db_converters(self, connection: BaseDatabaseWrapper) -> list[Any]:
        return []


def _seconds(rounding: str, column: str, end: str = "") -> Func:
    """A column's moment, or one end of its range, rounded to a second."""
    return _WholeSeconds(F(column), template=f"{rounding}(extract(epoch from {end}(%(expressions)s)))::bigint")


def _aware(org: Organization, instant: int) -> datetime:
    return datetime.fromtimestamp(instant, org.zone)


def _interval(since: time, until: time) -> Interval:
    end = until.hour * 60 + until.minute
    return since.hour * 60 + since.minute, end or DAY_MINUTES
