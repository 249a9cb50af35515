"""The rules of booking against a second, slow reading of them: minute by minute, straight from the clock's face."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.diary import Chair, ClosedPeriod, Diary, merged
from scheduling.types import VisitRules

MINUTE = timedelta(minutes=1)
DAYS = [
    ("Europe/London", date(2027, 3, 28)),
    ("Europe/London", date(2026, 10, 25)),
    ("America/New_York", date(2027, 3, 14)),
    ("America/New_York", date(2026, 11, 1)),
    ("Australia/Lord_Howe", date(2027, 4, 4)),  # by half an hour
    ("Asia/Beirut", date(2026, 3, 29)),  # at midnight
    ("Europe/London", date(2026, 11, 24)),
]

times = st.integers(0, 287).map(lambda five: five * 5)
intervals = st.tuples(times, st.integers(1, 100)).map(lambda pair: (pair[0], min(pair[0] + pair[1] * 5, 1440)))


class ClockFace:
    """Every minute of a day as its clock shows it."""

    def __init__(self, day: date, zone: ZoneInfo) -> None:
        noon = datetime.combine(day, datetime.min.time(), tzinfo=UTC) + timedelta(hours=12)
        around = [noon + minute * MINUTE for minute in range(-30 * 60, 30 * 60)]
        shown = [(moment, moment.astimezone(zone)) for moment in around]
        self.minutes = [
            (int(moment.timestamp()), local.hour * 60 + local.minute) for moment, local in shown if local.date() == day
        ]
        self.end = self.minutes[-1][0] + 60

    def reaches(self, minute: int) -> int:
        """The first moment at which the clock shows that time or a later one."""
        return next((instant for instant, shown in self.minutes if shown >= minute), self.end)

    def has_passed(self, minute: int) -> int:
        """The moment after which the clock shows that time or a later one for good."""
        before = [instant for instant, shown in self.minutes if shown < minute]
        return before[-1] + 60 if before else self.minutes[0][0]

    def first_showings(self) -> dict[int, int]:
        firsts: dict[int, int] = {}
        for instant, shown in self.minutes:
            firsts.setdefault(shown, instant)
        return firsts


def slow_answer(face: ClockFace, chair: Chair, rules: VisitRules, earliest: float) -> list[int]:
    starts = []
    for shown, start in face.first_showings().items():
        end = start + rules.duration_s
        fits = any(
            opens <= shown < closes and (shown - opens) % rules.step_minutes == 0 and end <= face.reaches(closes)
            for opens, closes in chair.hours[0]
        )
        closed = any(
            closure.part is None or (start < face.has_passed(closure.part[1]) and end > face.reaches(closure.part[0]))
            for closure in chair.closures
        )
        busy = any(start - rules.before_s < until and end + rules.after_s > since for since, until in chair.busy)
        if fits and not closed and not busy and start >= earliest:
            starts.append(start)
    return sorted(starts)


@settings(max_examples=150, derandomize=True, database=None)
@given(
    st.sampled_from(DAYS),
    st.lists(intervals, min_size=1, max_size=4),
    st.lists(st.none() | intervals, max_size=1),
    st.lists(st.tuples(st.integers(-40, 320), st.integers(1, 30)), max_size=6),
    st.builds(
        VisitRules,
        duration_s=st.sampled_from([900, 1200, 1800, 5400]),
        before_s=st.sampled_from([0, 300, 3600]),
        after_s=st.sampled_from([0, 600]),
        notice_s=st.sampled_from([0, 7200, 43_200]),
        step_minutes=st.sampled_from([5, 15, 20, 45]),
    ),
)
def test_a_days_starts_are_those_of_the_slow_reading(where, hours, closed, blocked, rules):
    zone, day = ZoneInfo(where[0]), where[1]
    face = ClockFace(day, zone)
    busy: list[tuple[int, int]] = []
    for since, length in sorted(blocked):
        start = face.minutes[0][0] + since * 300
        if not busy or busy[-1][1] <= start:
            busy.append((start, start + length * 300))
    chair = Chair(
        practitioner_id=1,
        name="Dr Osei",
        hours={day.weekday(): merged(hours), 0: merged(hours)},
        closures=[ClosedPeriod(first_day=day, last_day=day, part=part) for part in closed],
        busy=busy,
    )
    moment = datetime.fromtimestamp(face.minutes[0][0], UTC)
    diary = Diary(zone=zone, now=moment, rules=rules, chairs=[chair])

    assert diary.bookable_starts(chair, day) == slow_answer(face, chair, rules, moment.timestamp() + rules.notice_s)


def test_intervals_that_overlap_or_touch_become_one():
    assert merged([(600, 700), (0, 60), (60, 90), (650, 660)]) == [(0, 90), (600, 700)]


def test_nobody_is_no_opening():
    diary = Diary(
        zone=ZoneInfo("Europe/London"), now=datetime(2026, 11, 20, 9, tzinfo=UTC), rules=VisitRules(), chairs=()
    )
    assert list(diary.slots(date(2026, 11, 20), date(2026, 12, 20))) == []
