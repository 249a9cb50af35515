"""From "a week on Thursday at half four" to days and times of the clinic's clock.

`dateparser` knows dates and distances. Ahead of it stand the forms that it does not know and that callers use: a
weekday with "next" or "a week on", the days of a week, feasts, and the clock as it is spoken. What was understood is
said back by whoever asks, because "next Tuesday" means two things to two people.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from dateparser.date import DateDataParser

from scheduling.spoken_numbers import digits_for_words
from scheduling.types import PartOfDay
from voxanne.errors import DomainError

LONGEST = 120
WEEK = 7
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAY = "|".join(f"{name[:3]}(?:{name[3:]})?" for name in _WEEKDAYS)
# Hours without am or pm: a clinic's half past four is in the afternoon, its half past eight in the morning.
_FIRST_MORNING_HOUR = 7
_NOON = 12

_BEFORE_PART = r"\b(?:in the |early |late |this |mid[- ]?)?"
_PARTS: tuple[tuple[str, PartOfDay], ...] = (
    (rf"{_BEFORE_PART}mornings?\b|\bfirst thing\b|\bbefore (?:noon|lunch|midday)\b", PartOfDay.MORNING),
    (rf"{_BEFORE_PART}afternoons?\b|\blunch ?time\b|\bafter (?:noon|lunch|midday)\b", PartOfDay.AFTERNOON),
    (rf"{_BEFORE_PART}evenings?\b|\bto?night\b|\bafter work\b", PartOfDay.EVENING),
)
_ANY_TIME = re.compile(r"\b(?:any|some) ?time\b|\bwhenever\b|\bas soon as possible\b|\bsoonest\b|\basap\b")
_TODAY = re.compile(r"\bthis (?:morning|afternoon|evening)\b|\btonight\b")
# Which weekdays of a week.
_STRETCHES = {
    "start": (0, 1), "beginning": (0, 1), "early": (0, 1), "middle": (1, 3), "end": (3, 4), "late": (3, 4),
    "later": (3, 4),
}  # fmt: skip
_FEASTS = {
    "christmas eve": (12, 24), "christmas day": (12, 25), "boxing day": (12, 26),
    "new year's eve": (12, 31), "new years eve": (12, 31), "new year's day": (1, 1), "new years day": (1, 1),
}  # fmt: skip
_FILLER = re.compile(r"\b(?:on|at|the|of|for|please|about|around|maybe|perhaps|say|coming)\b")


class WhenNotUnderstood(DomainError):
    """The words name no day and no time that there is."""

    code = "bad_date"


@dataclass(frozen=True)
class When:
    """Days, both included, and what was said about the time of day, by the clinic's clock.

    `is_open` means that no day was named: the days are simply the coming week.
    """

    first_day: date
    last_day: date
    part_of_day: PartOfDay | None = None
    at: time | None = None
    is_open: bool = False


def read_when(words: str, *, today: date, month_first: bool = False) -> When:
    """Days and time from a caller's words, or from an ISO date or moment.

    Args:
        today: by the clinic's clock. Named days lie on it or after, unless the words say "last" or name a year.
        month_first: 12/3 is 3 December, as in the United States.

    Raises:
        WhenNotUnderstood: the words name no day and no time, one that does not exist (31 February), or a weekday and
            a date that do not go together.
    """
    text = _clean(words)
    if (iso := _read_iso(text)) is not None:
        return iso
    text, is_today = _TODAY.sub(lambda found: found.group().replace("this ", ""), text), bool(_TODAY.search(text))
    is_any, text = bool(_ANY_TIME.search(text)), _ANY_TIME.sub(" ", text)
    part, text = _take_part(text)
    at, text = _take_time(text, part)
    text = " ".join(_FILLER.sub(" ", text).split())
    if text:
        found = [_read_days(choice, words, today, month_first) for choice in text.split(" or ")]
        return When(min(first for first, _ in found), max(last for _, last in found), part, at)
    if is_today:
        return When(today, today, part, at)
    if part is None and at is None and not is_any:
        raise _unknown(words)
    return When(today, today + timedelta(days=WEEK - 1), part, at, is_open=True)


def _clean(words: str) -> str:
    text = words[:LONGEST].lower().replace("’", "'").replace("a.m.", "am").replace("p.m.", "pm")
    text = re.sub(r"[,;!?]|\.(?!\d)", " ", text)
    return " ".join(digits_for_words(text).split())


def _read_iso(text: str) -> When | None:
    found = re.match(r"(\d{4}-?\d{2}-?\d{2})(?:[t ](?:at )?(\d{2}:\d{2})\S*)?$", text)
    if found is None:
        return None
    try:
        day = date.fromisoformat(found[1])
        return When(day, day, at=time.fromisoformat(found[2]) if found[2] else None)
    except ValueError as error:
        raise _unknown(text) from error


def _take_part(text: str) -> tuple[PartOfDay | None, str]:
    for pattern, part in _PARTS:
        if re.search(pattern, text):
            return part, re.sub(pattern, " ", text)
    return None, text


_CLOCK: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], tuple[int, int]]], ...] = (
    (re.compile(r"\bhalf (?:past )?(\d{1,2})\b(?: o'?clock)?\s*(am|pm)?"), lambda m: (int(m[1]), 30)),
    (re.compile(r"\bquarter past (\d{1,2})\b\s*(am|pm)?"), lambda m: (int(m[1]), 15)),
    (re.compile(r"\bquarter to (\d{1,2})\b\s*(am|pm)?"), lambda m: (int(m[1]) - 1, 45)),
    (re.compile(r"\b(\d{1,2})(?: minutes)? past (\d{1,2})\b\s*(am|pm)?"), lambda m: (int(m[2]), int(m[1]))),
    (re.compile(r"\b(\d{1,2})(?: minutes)? to (\d{1,2})\b\s*(am|pm)?"), lambda m: (int(m[2]) - 1, 60 - int(m[1]))),
    (re.compile(r"\b(\d{1,2})[:.](\d{2})\b(?!\.\d)\s*(am|pm)?"), lambda m: (int(m[1]), int(m[2]))),
    (re.compile(r"\b(\d{1,2})()\s*(?:o'?clock)?\s*(am|pm)\b"), lambda m: (int(m[1]), 0)),
    (re.compile(r"\b(\d{1,2})\s*o'?clock\b()"), lambda m: (int(m[1]), 0)),
    (re.compile(r"\bat (\d{1,2}) (15|30|45)\b\s*(am|pm)?"), lambda m: (int(m[1]), int(m[2]))),
    (re.compile(r"\bat (\d{1,2})\b(?! ?(?:st|nd|rd|th|[/-]))\s*(am|pm)?"), lambda m: (int(m[1]), 0)),
    (re.compile(r"\b(\d{1,2}) (15|30|45)\b\s*(am|pm)?"), lambda m: (int(m[1]), int(m[2]))),
    (re.compile(r"\b(?:12 )?(?:noon|midday)\b()"), lambda _: (_NOON, 0)),
)  # fmt: skip


def _take_time(text: str, part: PartOfDay | None) -> tuple[time | None, str]:
    for pattern, read in _CLOCK:
        found = pattern.search(text)
        if found is None:
            continue
        hour, minute = read(found)
        half = found[found.lastindex or 1] if found.lastindex else ""
        hour = _on_24_hours(hour % 24, half if half in ("am", "pm") else "", part)
        if minute < 60:
            return time(hour, minute), f"{text[: found.start()]} {text[found.end() :]}"
    return None, text


def _on_24_hours(hour: int, half: str, part: PartOfDay | None) -> int:
    if half == "am":
        return hour % _NOON
    if half == "pm":
        return hour % _NOON + _NOON
    if part is PartOfDay.MORNING or hour >= _NOON:
        return hour
    if part is not None or hour < _FIRST_MORNING_HOUR:
        return hour + _NOON
    return hour


def _read_days(text: str, words: str, today: date, month_first: bool) -> tuple[date, date]:
    for reader in (_read_weekday, _read_week, _read_feast, _read_number):
        days = reader(text, today)
        if days is not None:
            return days
    days = _read_date(text, today, month_first)
    if days is None:
        raise _unknown(words)
    _check_weekday(text, days[0])
    return days


def _check_weekday(text: str, day: date) -> None:
    """A weekday beside a date must be its own: one of the two was misheard.

    Raises:
        WhenNotUnderstood: it is not; the message says which day it would be.
    """
    named = re.search(rf"\b({_WEEKDAY})\b", text)
    if named is not None and not _WEEKDAYS[day.weekday()].startswith(named[1][:3]):
        raise WhenNotUnderstood(f"{day.day} {day:%B %Y} is a {day:%A}. Ask which of the two is meant.")


def _read_weekday(text: str, today: date) -> tuple[date, date] | None:
    """Read "tuesday", "next tuesday", "a week on tuesday", "tuesday week", "tuesday fortnight", "last tuesday"."""
    found = re.fullmatch(
        rf"(?:(this|next|last) |(?:a )?(week|fortnight) )?({_WEEKDAY})s?(?: (week|fortnight|after next|next week))?",
        text,
    )
    if found is None:
        return None
    which, ahead, name, behind = found.groups()
    number = next(i for i, day in enumerate(_WEEKDAYS) if day.startswith(name[:3]))
    coming = today + timedelta(days=(number - today.weekday()) % WEEK)
    monday = today - timedelta(days=today.weekday())
    if which == "last":
        day = coming - timedelta(days=WEEK)
    elif which == "next" or behind == "next week":
        day = monday + timedelta(days=WEEK + number)
    else:
        day = coming
    weeks = {"week": 1, "fortnight": 2, "after next": 1}.get(ahead or behind or "", 0)
    day += timedelta(days=WEEK * weeks)
    return day, day


def _read_week(text: str, today: date) -> tuple[date, date] | None:
    """Read "this week", "end of next week", "week after next", "weekend", "a week today"; "of" was taken as filler."""
    if found := re.fullmatch(r"(?:a )?(week|fortnight) (today|tomorrow)", text):
        days = (WEEK if found[1] == "week" else 2 * WEEK) + int(found[2] == "tomorrow")
        return (today + timedelta(days=days),) * 2
    found = re.fullmatch(
        r"(?:(start|beginning|early|middle|end|late|later) )?(?:(this|next) )?(week|weekend)(?: (after next))?", text
    )
    if found is None:
        return None
    stretch, which, unit, after = found.groups()
    weeks = 2 if after else int(which == "next")
    monday = today - timedelta(days=today.weekday()) + timedelta(days=WEEK * weeks)
    first, last = _STRETCHES.get(stretch or "", (5, 6) if unit == "weekend" else (0, 6))
    return max(monday + timedelta(days=first), min(today, monday + timedelta(days=last))), monday + timedelta(days=last)


def _read_feast(text: str, today: date) -> tuple[date, date] | None:
    if text not in _FEASTS:
        return None
    month, number = _FEASTS[text]
    day = date(today.year, month, number)
    day = day if day >= today else day.replace(year=today.year + 1)
    return day, day


def _read_number(text: str, today: date) -> tuple[date, date] | None:
    """Read "24th": the next day of that number, in this month or a later one."""
    found = re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)", text)
    if found is None or not 1 <= int(found[1]) <= 31:
        return None
    days = (today + timedelta(days=ahead) for ahead in range(62))
    day = next(day for day in days if day.day == int(found[1]))
    return day, day


def _read_date(text: str, today: date, month_first: bool) -> tuple[date, date] | None:
    """Dates, distances ("in 3 days") and months ("next month"), by `dateparser`, in the future where that is open."""
    if not re.search(r"\d|[a-z]{3}", text):
        return None
    found = _parser_of(today, month_first).get_date_data(text)
    if found.date_obj is None:
        return None
    day = found.date_obj.date()
    if found.period == "month" and "in " not in text:
        first = max(day.replace(day=1), min(today, day))
        return first, (day.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return day, day


@lru_cache(maxsize=16)
def _parser_of(today: date, month_first: bool) -> DateDataParser:
    """The parser of a day. Only few days are today at once, those of different zones and of the night between two."""
    return DateDataParser(
        languages=["en"],
        settings={
            "RELATIVE_BASE": datetime.combine(today, time(_NOON)),
            "PREFER_DATES_FROM": "future",
            "DATE_ORDER": "MDY" if month_first else "DMY",
        },
    )


def _unknown(words: str) -> WhenNotUnderstood:
    return WhenNotUnderstood(f"{words.strip()[:60] or 'That'} is not a day or time I know.")
