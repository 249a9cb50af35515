"""A day or a week of the diary as the team reads it: who comes when, and where there is still room."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from orgs.models import Organization
from scheduling.changing import STANDING
from scheduling.diary import Chair, Diary, Span
from scheduling.diary_reader import Reading, read_diary
from scheduling.models import Appointment, AppointmentStatus, Practitioner
from scheduling.wall_clock import LocalDay

# Shorter gaps are no room for anybody.
SHORTEST_GAP_S = 15 * 60
# Room that begins now begins at the next full five minutes.
STEP_S = 5 * 60
SHOWN = (
    AppointmentStatus.PENDING,
    AppointmentStatus.CONFIRMED,
    AppointmentStatus.COMPLETED,
    AppointmentStatus.NO_SHOW,
)


@dataclass(frozen=True)
class Entry:
    """A visit, room for one (`appointment` is None), or a time that a calendar of the clinic's takes."""

    starts_at: datetime
    ends_at: datetime
    appointment: Appointment | None = None
    is_outside: bool = False

    @property
    def hours(self) -> int:
        """How long it is in whole hours, eight at most: longer room is shown taller."""
        return min(int((self.ends_at - self.starts_at).total_seconds()) // 3600, 8)

    @property
    def can_move(self) -> bool:
        return self.appointment is not None and self.appointment.status in STANDING


@dataclass(frozen=True)
class Column:
    """One practitioner's day, in order. `is_away`: they do not work that day."""

    practitioner_id: int
    name: str
    entries: list[Entry]
    is_away: bool = False

    @property
    def visits(self) -> int:
        return sum(entry.appointment is not None for entry in self.entries)


@dataclass(frozen=True)
class AgendaDay:
    """Everybody's day."""

    day: date
    columns: list[Column]

    @property
    def visits(self) -> int:
        return sum(column.visits for column in self.columns)

    @property
    def is_closed(self) -> bool:
        """Nobody works, and nobody comes."""
        return all(column.is_away and not column.entries for column in self.columns)


def read_agenda(
    *, org: Organization, first_day: date, days: int, practitioner: Practitioner | None = None
) -> list[AgendaDay]:
    """The diary of some days. Six queries, inside org_tx, however many days and visits."""
    last_day = first_day + timedelta(days=days - 1)
    diary = read_diary(
        org=org,
        service=None,
        first_day=first_day,
        last_day=last_day,
        practitioner=practitioner,
        reading=Reading(beyond_horizon=True),
    )
    visits = _visits(org, first_day, last_day)
    booked = {chair.practitioner_id for chair in diary.chairs}
    left = {} if practitioner else {key: rows for key, rows in visits.items() if key[0] not in booked}
    return [
        AgendaDay(
            day,
            [_column(diary, chair, day, visits.get((chair.practitioner_id, day), [])) for chair in diary.chairs]
            + [_left(rows) for (_, on), rows in left.items() if on == day],
        )
        for day in (first_day + timedelta(days=ahead) for ahead in range(days))
    ]


def _visits(org: Organization, first_day: date, last_day: date) -> dict[tuple[int, date], list[Appointment]]:
    since = datetime.combine(first_day, time.min, tzinfo=org.zone)
    until = datetime.combine(last_day + timedelta(days=1), time.min, tzinfo=org.zone)
    rows = (
        Appointment.objects.for_org(org.pk)
        .filter(starts_at__gte=since, starts_at__lt=until, status__in=SHOWN)
        .select_related("contact", "service", "practitioner")
        .order_by("starts_at", "id")
    )
    found: dict[tuple[int, date], list[Appointment]] = defaultdict(list)
    for row in rows:
        found[row.practitioner_id, row.starts_at.astimezone(org.zone).date()].append(row)
    return found


def _left(visits: Sequence[Appointment]) -> Column:
    """Visits to somebody who cannot be booked any more: they stand until people move them."""
    person = visits[0].practitioner
    return Column(
        person.pk, person.name, [Entry(visit.starts_at, visit.ends_at, visit) for visit in visits], is_away=True
    )


def _column(diary: Diary, chair: Chair, day: date, visits: Sequence[Appointment]) -> Column:
    booked = [Entry(visit.starts_at, visit.ends_at, visit) for visit in visits]
    taken = [(int(visit.starts_at.timestamp()), int(visit.ends_at.timestamp())) for visit in visits]
    is_away = chair.is_away(day)
    gaps = [] if is_away else [*_gaps(diary, chair, day, taken), *_outside(diary, chair, day)]
    entries = sorted([*booked, *gaps], key=lambda entry: (entry.starts_at, entry.appointment is None))
    return Column(chair.practitioner_id, chair.name, entries, is_away)


def _gaps(diary: Diary, chair: Chair, day: date, taken: Sequence[Span]) -> Iterator[Entry]:
    """What is left of working hours once visits, buffers, holds and closures are out, from now on."""
    local = LocalDay(day, diary.zone)
    blocked = sorted([*chair.busy, *chair.outside, *taken, *diary.closed_spans(chair, day)])
    earliest = -(-int(diary.now.timestamp()) // STEP_S) * STEP_S
    for opens, closes in chair.hours[day.weekday()]:
        since = max(local.boundary(opens), earliest)
        until = local.boundary(closes, last=True)
        for begin, end in blocked:
            if begin >= until:
                break
            if since < begin:
                yield from _gap(since, begin)
            since = max(since, end)
        yield from _gap(since, until)


def _outside(diary: Diary, chair: Chair, day: date) -> Iterator[Entry]:
    """What outside events take of working hours."""
    local = LocalDay(day, diary.zone)
    for opens, closes in chair.hours[day.weekday()]:
        since, until = local.boundary(opens), local.boundary(closes, last=True)
        for begin, end in chair.outside:
            first, last = max(begin, since), min(end, until)
            if first < last:
                yield Entry(datetime.fromtimestamp(first, UTC), datetime.fromtimestamp(last, UTC), is_outside=True)


def _gap(since: int, until: int) -> Iterator[Entry]:
    if until - since >= SHORTEST_GAP_S:
        yield Entry(datetime.fromtimestamp(since, UTC), datetime.fromtimestamp(until, UTC))
