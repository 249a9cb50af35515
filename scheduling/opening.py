"""Whether the clinic is open at a moment, by its hours and closures. Pure computation."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from scheduling.diary import ClosedPeriod, Interval
from scheduling.wall_clock import LocalDay


def is_open_at(
    moment: datetime, *, zone: ZoneInfo, week: Mapping[int, Sequence[Interval]], closures: Sequence[ClosedPeriod]
) -> bool:
    """Whether a moment lies within a weekday's hours and outside every closure, by the clinic's clock.

    On the days on which the clocks change the same rules hold as for what can be booked: a skipped time is the moment
    of the change; of a time that is shown twice, opening hours end at the first and closures at the second.
    """
    day = moment.astimezone(zone).date()
    clock, instant = LocalDay(day, zone), moment.timestamp()

    def holds(interval: Interval, *, last: bool = False) -> bool:
        return clock.boundary(interval[0]) <= instant < clock.boundary(interval[1], last=last)

    for closure in closures:
        if closure.first_day <= day <= closure.last_day and (closure.part is None or holds(closure.part, last=True)):
            return False
    return any(holds(interval) for interval in week.get(day.weekday(), ()))
