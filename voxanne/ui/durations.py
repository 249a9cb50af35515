"""How lengths of time and moments are said: "3 min 20 s", "in 10 min", "Tue 10:00"."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

_MINUTE_S = 60
_HOUR_S = 3600


def say_duration(seconds: int) -> str:
    """Say a length of time with at most two units: "45 s", "3 min 20 s", "1 h 5 min"."""
    seconds = max(0, seconds)
    if seconds < _MINUTE_S:
        return f"{seconds} s"
    if seconds < _HOUR_S:
        minutes, rest_s = divmod(seconds, _MINUTE_S)
        return f"{minutes} min {rest_s} s" if rest_s else f"{minutes} min"
    hours, rest_s = divmod(seconds, _HOUR_S)
    minutes = rest_s // _MINUTE_S
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def say_moment(moment: datetime, *, now: datetime, zone: ZoneInfo, inside: bool = False) -> str:
    """Say when something is, as people do, seen from `now` in `zone`; `inside` a sentence without a capital of its own.

    Within the hour in minutes, today by the clock, within six days by weekday, else by date.
    """
    distance = moment - now
    if abs(distance) < timedelta(hours=1):
        return _say_minutes(distance)
    local, today = moment.astimezone(zone), now.astimezone(zone).date()
    days = (local.date() - today).days
    clock = f"{local:%H:%M}"
    near = {0: f"Today {clock}", -1: f"Yesterday {clock}", 1: f"Tomorrow {clock}"}
    if days in near:
        return near[days].lower() if inside else near[days]
    if abs(days) < 7:
        return f"{local:%a} {clock}"
    if local.year == today.year:
        return f"{local.day} {local:%b} {clock}"
    return f"{local.day} {local:%b %Y}"


def say_exactly(moment: datetime, *, zone: ZoneInfo) -> str:
    """Say a moment in full: "Tuesday 24 November 2026, 10:00 GMT"."""
    local = moment.astimezone(zone)
    return f"{local:%A} {local.day} {local:%B %Y, %H:%M %Z}"


def _say_minutes(distance: timedelta) -> str:
    ahead = distance > timedelta(0)
    minutes = int(abs(distance).total_seconds()) // _MINUTE_S
    if minutes < 1:
        return "in a moment" if ahead else "just now"
    return f"in {minutes} min" if ahead else f"{minutes} min ago"
