"""From what the clinic's clock shows to instants, also on the days on which it is put forward or back.

Instants are whole seconds since 1970 (UTC); times of day are minutes after local midnight, 1440 being the day's end.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY_MINUTES = 24 * 60


class LocalDay:
    """One calendar day in a time zone."""

    def __init__(self, day: date, zone: ZoneInfo) -> None:
        self.day = day
        self._zone = zone
        midnight = datetime.combine(day, time.min, tzinfo=zone)
        next_midnight = datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone)
        self.starts_at = int(midnight.timestamp())
        # On an ordinary day the clock runs evenly, and arithmetic is enough.
        self._runs_evenly = midnight.utcoffset() == next_midnight.utcoffset() and _exists(midnight)

    def find_instant(self, minute: int) -> int | None:
        """When the clock first shows that time; None when it is skipped that day."""
        if self._runs_evenly:
            return self.starts_at + minute * 60
        shown = self._shown(minute)
        return int(shown.timestamp()) if _exists(shown) else None

    def boundary(self, minute: int, *, last: bool = False) -> int:
        """When that time is reached: for a skipped one the moment of the change.

        Args:
            minute: after local midnight.
            last: of a time that the clock shows twice, take the second showing.
        """
        if self._runs_evenly:
            return self.starts_at + minute * 60
        shown = self._shown(minute)
        if not _exists(shown):
            return _moment_of_change(shown)
        return int(shown.replace(fold=int(last)).timestamp())

    def _shown(self, minute: int) -> datetime:
        naive = datetime.combine(self.day, time.min) + timedelta(minutes=minute)
        return naive.replace(tzinfo=self._zone)


def find_moment(shown: datetime, zone: ZoneInfo) -> datetime | None:
    """The moment, in UTC, that somebody named; without an offset by the clinic's clock. None when that skips it.

    In UTC because Python calls no other moment equal to one that a local clock shows twice.
    """
    if not 1970 < shown.year < 9999:  # so far away that no zone matters, and conversions overflow
        return shown.replace(tzinfo=UTC)
    local = shown if shown.tzinfo is not None else shown.replace(tzinfo=zone, fold=0)
    if shown.tzinfo is None and not _exists(local):
        return None
    return local.astimezone(UTC)


def _exists(local: datetime) -> bool:
    there_and_back = datetime.fromtimestamp(local.timestamp(), local.tzinfo)
    return there_and_back.replace(tzinfo=None, fold=0) == local.replace(tzinfo=None, fold=0)


def _moment_of_change(skipped: datetime) -> int:
    """The instant at which the clock jumped over a time."""
    before, after = skipped.replace(fold=0), skipped.replace(fold=1)
    low, high = int(after.timestamp()), int(before.timestamp())
    old_offset = before.utcoffset()
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, skipped.tzinfo).utcoffset() == old_offset:
            low = middle
        else:
            high = middle
    return high
