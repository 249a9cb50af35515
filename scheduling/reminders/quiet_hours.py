"""When a reminder may go out: before the quiet hours that its time lies in, by the clinic's clock."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from scheduling.wall_clock import LocalDay

# A reminder that is sent before quiet hours begin may be some minutes late and still be before them.
MARGIN = timedelta(minutes=10)


@dataclass(frozen=True)
class QuietHours:
    """Two times of day, the first included; over midnight too. Equal ones enclose nothing."""

    since: time
    until: time
    zone: ZoneInfo

    def encloses(self, moment: datetime) -> bool:
        clock = moment.astimezone(self.zone).time()
        if self.since <= self.until:
            return self.since <= clock < self.until
        return clock >= self.since or clock < self.until

    def move_before(self, moment: datetime) -> datetime:
        """The moment itself, or shortly before the quiet hours begin that it lies in."""
        if not self.encloses(moment):
            return moment
        local = moment.astimezone(self.zone)
        began_yesterday = self.since > self.until and local.time() < self.until
        day = local.date() - timedelta(days=int(began_yesterday))
        began = LocalDay(day, self.zone).boundary(self.since.hour * 60 + self.since.minute)
        return datetime.fromtimestamp(began, UTC) - MARGIN
