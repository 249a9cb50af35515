"""The rules of booking over one reading of the diary: which starts can be booked, and why another cannot.

Offering and booking both ask `Diary.bookable_starts`: what it lists is offered, and only what it lists is booked. Pure
computation; `scheduling.diary_reader` reads it, the database's exclusion constraint guards what happens in between.

A visit lies within opening hours and outside closures; its buffers keep other visits away and may reach beyond both.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from scheduling.types import PartOfDay, Slot, VisitRules
from scheduling.wall_clock import LocalDay

Interval = tuple[int, int]  # minutes after local midnight: from, to
Span = tuple[int, int]  # instants: from, to


@dataclass(frozen=True)
class ClosedPeriod:
    """Both days inclusive; `part` is the interval of each of them that is closed, None the whole day."""

    first_day: date
    last_day: date
    part: Interval | None = None


@dataclass(frozen=True)
class Chair:
    """One practitioner as the diary sees them.

    Attributes:
        hours: weekday → the intervals in which they work.
        busy: what is booked already with its buffers, in order, not overlapping.
        outside: when the clinic's own calendars are busy, in order, not overlapping.
    """

    practitioner_id: int
    name: str
    hours: Mapping[int, Sequence[Interval]]
    closures: Sequence[ClosedPeriod] = ()
    busy: Sequence[Span] = ()
    outside: Sequence[Span] = ()

    @cached_property
    def _busy_from(self) -> list[int]:
        return [span[0] for span in self.busy]

    @cached_property
    def _outside_from(self) -> list[int]:
        return [span[0] for span in self.outside]

    def is_free(self, start: int, end: int) -> bool:
        """Whether neither a booking nor an outside event blocks any moment of [start, end)."""
        return self.is_unbooked(start, end) and self.is_unblocked(start, end)

    def is_unbooked(self, start: int, end: int) -> bool:
        """Whether no booking blocks any moment of [start, end)."""
        before_end = bisect_left(self._busy_from, end)
        return before_end == 0 or self.busy[before_end - 1][1] <= start

    def is_unblocked(self, start: int, end: int) -> bool:
        """Whether no outside event blocks any moment of [start, end)."""
        before_end = bisect_left(self._outside_from, end)
        return before_end == 0 or self.outside[before_end - 1][1] <= start

    def is_away(self, day: date) -> bool:
        """Whether they do not work that day at all."""
        return not self.hours.get(day.weekday()) or any(
            closure.part is None and closure.first_day <= day <= closure.last_day for closure in self.closures
        )


@dataclass(frozen=True)
class WorkingDay:
    """One practitioner's hours on one day, and what closures take from them."""

    opened: Sequence[Span]
    closed: Sequence[Span]

    def holds(self, since: int, until: int) -> bool:
        """Whether all of [since, until) is within the hours and outside the closures."""
        if any(since < end and until > begin for begin, end in self.closed):
            return False
        return any(opens <= since and until <= closes for opens, closes in self.opened)


@dataclass(frozen=True)
class Diary:
    """The chairs of those who can do a visit, over some days, as they stood at `now`."""

    zone: ZoneInfo
    now: datetime
    rules: VisitRules
    chairs: Sequence[Chair]
    _grids: dict[tuple[date, tuple[Interval, ...]], list[Span]] = field(default_factory=dict, compare=False)

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    @property
    def last_day(self) -> date:
        """The last day that can be booked."""
        return self.today + timedelta(days=self.rules.horizon_days)

    @property
    def earliest_start(self) -> datetime:
        """The first moment at which a visit may start."""
        return self.now + timedelta(seconds=self.rules.notice_s)

    def day_of(self, moment: datetime) -> date:
        """The clinic's date at a moment."""
        return moment.astimezone(self.zone).date()

    def bookable_starts(self, chair: Chair, day: date) -> list[int]:
        """Every instant of a day at which a visit with this practitioner can be booked, in order."""
        if not self.today <= day <= self.last_day:
            return []
        earliest, before, after = self.earliest_start.timestamp(), self.rules.before_s, self.rules.after_s
        return [
            start
            for start, end in self._visits(chair, day)
            if start >= earliest and chair.is_free(start - before, end + after)
        ]

    def chairs_free_at(self, start: datetime) -> list[Chair]:
        """Those with whom a visit can be booked at that moment, in the order in which they are tried."""
        day = self.day_of(start)
        return [chair for chair in self.chairs if start.timestamp() in self.bookable_starts(chair, day)]

    def chairs_open_at(
        self, start: datetime, *, outside_hours: bool = False, over_calendar: bool = False
    ) -> list[Chair]:
        """Those whom the team may book at that moment: any minute and any notice, free, and at work unless waived.

        With `over_calendar` also those whose calendar is busy then, after the others.
        """
        since = int(start.timestamp())
        until = since + self.rules.duration_s
        taken = (since - self.rules.before_s, until + self.rules.after_s)
        chairs = [
            chair
            for chair in self.chairs
            if chair.is_unbooked(*taken)
            and (over_calendar or chair.is_unblocked(*taken))
            and (outside_hours or self.is_at_work(chair, since, until))
        ]
        return sorted(chairs, key=lambda chair: not chair.is_unblocked(*taken))

    def is_at_work(self, chair: Chair, since: int, until: int) -> bool:
        """Whether a practitioner's hours hold all of [since, until) and no closure touches it."""
        day = datetime.fromtimestamp(since, self.zone).date()
        return self.working_day(chair, day).holds(since, until)

    def working_day(self, chair: Chair, day: date) -> WorkingDay:
        """When a practitioner works on a day."""
        if chair.is_away(day):
            return WorkingDay((), ())
        local = LocalDay(day, self.zone)
        opened = [
            (local.boundary(opens), local.boundary(closes, last=True)) for opens, closes in chair.hours[day.weekday()]
        ]
        return WorkingDay(opened, self.closed_spans(chair, day))

    def slots_on(self, day: date) -> Iterator[Slot]:
        """What can be booked on a day, in order; of several practitioners at one time the first."""
        first_free: dict[int, Chair] = {}
        for chair in self.chairs:
            for start in self.bookable_starts(chair, day):
                first_free.setdefault(start, chair)
        for start in sorted(first_free):
            yield self._slot(start, first_free[start])

    def slots(self, first_day: date, last_day: date, *, part_of_day: PartOfDay | None = None) -> Iterator[Slot]:
        """What can be booked from one day to another, both included, in order."""
        day, last = max(first_day, self.today), min(last_day, self.last_day)
        while day <= last:
            for slot in self.slots_on(day):
                if part_of_day is None or PartOfDay.at(slot.starts_at.astimezone(self.zone)) is part_of_day:
                    yield slot
            day += timedelta(days=1)

    def is_closed(self, day: date) -> bool:
        """Whether nobody works that day."""
        return all(chair.is_away(day) for chair in self.chairs)

    def has_visits(self, first_day: date, last_day: date, *, part_of_day: PartOfDay | None = None) -> bool:
        """Whether any visit could be booked on those days if nothing had been booked yet."""
        day, last, earliest = max(first_day, self.today), min(last_day, self.last_day), self.earliest_start.timestamp()
        while day <= last:
            for start in (start for chair in self.chairs for start, _ in self._visits(chair, day) if start >= earliest):
                if part_of_day is None or PartOfDay.at(datetime.fromtimestamp(start, self.zone)) is part_of_day:
                    return True
            day += timedelta(days=1)
        return False

    def has_visit_at(self, start: datetime) -> bool:
        """Whether a visit starts at that moment in somebody's hours, leaving aside whether it is taken."""
        day, instant = self.day_of(start), start.timestamp()
        return any(instant == since for chair in self.chairs for since, _ in self._visits(chair, day))

    def _visits(self, chair: Chair, day: date) -> list[Span]:
        """The visits that a practitioner's hours and closures allow, taken or not."""
        if chair.is_away(day):
            return []
        visits = self._grid(day, tuple(chair.hours[day.weekday()]))
        closed = self.closed_spans(chair, day)
        if not closed:
            return visits
        return [
            (start, end) for start, end in visits if not any(start < until and end > since for since, until in closed)
        ]

    def _grid(self, day: date, hours: tuple[Interval, ...]) -> list[Span]:
        """The visits that fit into a day's hours, stepping from each opening; a time shown twice is used once."""
        known = self._grids.get((day, hours))
        if known is not None:
            return known
        local = LocalDay(day, self.zone)
        spans = []
        for opens, closes in hours:
            closes_at = local.boundary(closes)
            for minute in range(opens, closes, self.rules.step_minutes):
                start = local.find_instant(minute)
                if start is not None and start + self.rules.duration_s <= closes_at:
                    spans.append((start, start + self.rules.duration_s))
        self._grids[day, hours] = spans
        return spans

    def closed_spans(self, chair: Chair, day: date) -> list[Span]:
        """The parts of a day that closures take from a practitioner's hours."""
        parts = [
            closure.part for closure in chair.closures if closure.part and closure.first_day <= day <= closure.last_day
        ]
        if not parts:
            return []
        local = LocalDay(day, self.zone)
        return [(local.boundary(since), local.boundary(until, last=True)) for since, until in parts]

    def _slot(self, start: int, chair: Chair) -> Slot:
        starts_at = datetime.fromtimestamp(start, UTC)
        return Slot(
            starts_at=starts_at,
            ends_at=starts_at + timedelta(seconds=self.rules.duration_s),
            practitioner_id=chair.practitioner_id,
            practitioner_name=chair.name,
        )


def merged(intervals: Iterable[Interval]) -> list[Interval]:
    """Intervals or spans in order, those that overlap or touch made one."""
    result: list[Interval] = []
    for opens, closes in sorted(intervals):
        if result and opens <= result[-1][1]:
            result[-1] = (result[-1][0], max(closes, result[-1][1]))
        else:
            result.append((opens, closes))
    return result
