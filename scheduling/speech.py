"""Days and times as a British receptionist says them, by the clinic's clock."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from scheduling.types import Slot
from voxanne.clock import now


def say_slot(slot: Slot, zone: ZoneInfo) -> str:
    """Say "Tuesday 24 November at 10 am"."""
    return say_moment(slot.starts_at, zone)


def say_moment(moment: datetime, zone: ZoneInfo) -> str:
    """Say "Tuesday 24 November at 10 am", with the year when it is not this one."""
    local = moment.astimezone(zone)
    return f"{say_day(local.date(), this_year=now().astimezone(zone).year)} at {say_time(local)}"


def say_slots(slots: Sequence[Slot], zone: ZoneInfo) -> str:
    """Say "Tuesday 24 November at 9 am, 9:30 am or 10 am, or Wednesday 25 November at 2 pm"; days in order."""
    moments = sorted({slot.starts_at.astimezone(zone) for slot in slots})
    this_year = now().astimezone(zone).year
    days = [
        f"{say_day(day, this_year=this_year)} at {say_choice([say_time(moment) for moment in of_day])}"
        for day, of_day in groupby(moments, key=lambda moment: moment.date())
    ]
    return ", or ".join(days)


def say_day(day: date, *, this_year: int | None = None) -> str:
    """Say "Tuesday 24 November"; the year is added when it differs from `this_year`."""
    spoken = f"{day:%A} {day.day} {day:%B}"
    return spoken if this_year is None or day.year == this_year else f"{spoken} {day.year}"


def say_full_day(day: date) -> str:
    """Say "Friday 20 November 2026"."""
    return f"{say_day(day)} {day.year}"


def say_time(local: datetime) -> str:
    """Say "10 am", "2:30 pm", "12 noon" or "midnight"."""
    if local.minute == 0 and local.hour % 12 == 0:
        return "12 noon" if local.hour else "midnight"
    half = "am" if local.hour < 12 else "pm"
    hour = local.hour % 12 or 12
    return f"{hour}:{local.minute:02d} {half}" if local.minute else f"{hour} {half}"


def say_choice(words: Iterable[str]) -> str:
    """Say "a, b or c"."""
    *others, last = words
    return f"{', '.join(others)} or {last}" if others else last


def say_reference(reference: str) -> str:
    """Say a reference code sign by sign: "K M 4 8 2 7"."""
    return " ".join(reference)


def say_length(seconds: int) -> str:
    """Say a length of time as a possessive: "2 hours'", "30 minutes'", "1 day's"."""
    for unit, length in (("day", 86_400), ("hour", 3600), ("minute", 60)):
        count, rest = divmod(seconds, length)
        if count and not rest:
            return f"{count} {unit}s'" if count > 1 else f"{count} {unit}'s"
    return f"{seconds // 60} minutes'"
