"""The hours in which a clinic disturbs nobody, by its own clock."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from scheduling.wall_clock import LocalDay


def is_quiet(clock: time, *, start: time, end: time) -> bool:
    """Whether a time of day lies between two others, the first included, over midnight too; equal ones enclose none."""
    if start <= end:
        return start <= clock < end
    return clock >= start or clock < end


def quiet_until(moment: datetime, *, start: time, end: time, zone: ZoneInfo) -> datetime | None:
    """When the quiet hours around a moment end; None when it lies in none.

    On the night on which the clocks go forward an end that is skipped is the moment of the change.
    """
    local = moment.astimezone(zone)
    if not is_quiet(local.time(), start=start, end=end):
        return None
    minute = end.hour * 60 + end.minute
    for ahead in (0, 1):
        ends_at = LocalDay(local.date() + timedelta(days=ahead), zone).boundary(minute, last=True)
        if ends_at > moment.timestamp():
            return datetime.fromtimestamp(ends_at, moment.tzinfo)
    return None
