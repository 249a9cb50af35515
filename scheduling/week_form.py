"""The form of weekly hours: any number of intervals a day, added and removed also without JavaScript.

What is sent is read into rows first (weekday → pairs of texts), so that the buttons for adding, removing and copying
work on rows, and only saving asks whether they make sense.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django import forms
from django.forms import BoundField
from django.http import QueryDict

from scheduling.diary import Interval
from scheduling.models import Weekday
from scheduling.opening_hours import Week, say_minute, tidied
from scheduling.wall_clock import DAY_MINUTES

MOST_A_DAY = 6
FIRST_HOURS = ("09:00", "17:00")
Rows = Mapping[int, Sequence[tuple[str, str]]]
_NAME = re.compile(r"d([0-6])_(\d{1,3})_(?:from|to)")
_EDIT = re.compile(r"(add|remove|copy)-([0-6])(?:-(\d{1,3}))?")
_CLOCK = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)(?::\d\d(?:\.\d+)?)?")

UNREADABLE = "Give a time such as 09:00 or 17:30."
BEGINS_AT_24 = "24:00 ends a day. To begin at midnight, give 00:00."
ONE_MISSING = "Give both times, or remove these hours."
UPSIDE_DOWN = (
    "It ends before it begins. Swap the times; for hours past midnight, end at 00:00 and go on the next day from 00:00."
)
OVERLAPS = "This overlaps {hours}. Change one of the two, or remove one."


class ClockField(forms.CharField):
    """A time of day as minutes after midnight; None when it is left out. "24:00" is the day's end."""

    widget = forms.TimeInput(attrs={"type": "time", "step": 300})

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        shown = _CLOCK.fullmatch(text)
        minute = int(shown[1]) * 60 + int(shown[2]) if shown else DAY_MINUTES + 1
        if minute > DAY_MINUTES:
            raise forms.ValidationError(UNREADABLE)
        return minute


@dataclass(frozen=True)
class HoursRow:
    """One interval on the page: its fields, and what its remove button says."""

    opens: BoundField
    closes: BoundField
    edit: str

    @property
    def errors(self) -> list[str]:
        return [*self.opens.errors, *self.closes.errors]


@dataclass(frozen=True)
class DayRow:
    """One weekday on the page. `is_full`: it has as many intervals as it may."""

    weekday: int
    name: str
    hours: list[HoursRow]

    @property
    def is_full(self) -> bool:
        return len(self.hours) >= MOST_A_DAY


class WeekForm(forms.Form):
    """Seven days of intervals. Overlapping ones are refused, touching ones made one, empty ones left out."""

    def __init__(self, rows: Rows, *, is_sent: bool = False, focus: str = "") -> None:
        values = dict(_named(rows))
        super().__init__(values if is_sent else None, initial=None if is_sent else values)
        for name in values:
            weekday, end = int(name[1]), name.rsplit("_", 1)[1]
            field = ClockField(
                label=f"{Weekday(weekday).label}, {'from' if end == 'from' else 'until'}", required=False
            )
            if name == focus:
                field.widget.attrs["autofocus"] = True
            self.fields[name] = field

    @property
    def days(self) -> Iterator[DayRow]:
        for day in Weekday:
            names = [name for name in self.fields if name.startswith(f"d{day.value}_") and name.endswith("from")]
            hours = [
                HoursRow(self[name], self[_closing(name)], f"remove-{day.value}-{at}") for at, name in enumerate(names)
            ]
            yield DayRow(day.value, day.label, hours)

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        for day in Weekday:
            self._check_overlaps(sorted(self._intervals(day.value, typed)))
        return typed

    def week(self) -> dict[int, list[Interval]]:
        """What was typed: in order, with what touches made one."""
        return tidied(
            {
                day.value: [(opens, closes) for opens, closes, _ in self._intervals(day.value, self.cleaned_data)]
                for day in Weekday
            }
        )

    def _intervals(self, weekday: int, typed: Mapping[str, Any]) -> Iterator[tuple[int, int, str]]:
        for name in [name for name in self.fields if name.startswith(f"d{weekday}_") and name.endswith("from")]:
            if name in self.errors or _closing(name) in self.errors:
                continue
            opens, closes = typed.get(name), typed.get(_closing(name))
            if opens is None and closes is None:
                continue
            if opens is None or closes is None:
                self.add_error(name if opens is None else _closing(name), ONE_MISSING)
            elif opens == DAY_MINUTES:
                self.add_error(name, BEGINS_AT_24)
            elif (closes or DAY_MINUTES) <= opens:
                self.add_error(_closing(name), UPSIDE_DOWN)
            else:
                yield opens, closes or DAY_MINUTES, name

    def _check_overlaps(self, intervals: Sequence[tuple[int, int, str]]) -> None:
        for (opens, closes, _), (next_opens, _, name) in pairwise(intervals):
            if next_opens < closes:
                self.add_error(name, OVERLAPS.format(hours=f"{say_minute(opens)}–{say_minute(closes)}"))


def rows_of(week: Week) -> dict[int, list[tuple[str, str]]]:
    """Stored hours as rows of the form; the end of the day is 00:00, as browsers write it."""
    return {
        weekday: [(say_minute(opens), say_minute(closes % DAY_MINUTES)) for opens, closes in intervals]
        for weekday, intervals in week.items()
    }


def read_rows(data: QueryDict) -> dict[int, list[tuple[str, str]]]:
    """What a browser sent, in the order of the page; more than fits into a day is left out."""
    found = sorted({(int(name[1]), int(name[2])) for name in map(_NAME.fullmatch, data) if name})
    rows: dict[int, list[tuple[str, str]]] = {day: [] for day in Weekday.values}
    for day, number in found:
        pair = (data.get(f"d{day}_{number}_from", "").strip(), data.get(f"d{day}_{number}_to", "").strip())
        if len(rows[day]) < MOST_A_DAY:
            rows[day].append(pair)
    return rows


def edited(rows: Rows, edit: str) -> WeekForm:
    """The form after one of its buttons (`add-0`, `remove-0-1`, `copy-0`: that day to all weekdays). Saves nothing."""
    named, changed = _EDIT.fullmatch(edit), {day: list(rows.get(day, [])) for day in Weekday.values}
    if named is None:
        return WeekForm(changed)
    day, focus = int(named[2]), ""
    if named[1] == "add" and len(changed[day]) < MOST_A_DAY:
        changed[day].append(("", "") if changed[day] else FIRST_HOURS)
        focus = f"d{day}_{len(changed[day]) - 1}_from"
    elif named[1] == "remove" and named[3] and int(named[3]) < len(changed[day]):
        del changed[day][int(named[3])]
    elif named[1] == "copy":
        changed.update({other: list(changed[day]) for other in range(Weekday.FRIDAY.value + 1)})
    return WeekForm(changed, focus=focus)


def _named(rows: Rows) -> Iterator[tuple[str, str]]:
    for day in Weekday.values:
        for number, (opens, closes) in enumerate(rows.get(day, [])):
            yield f"d{day}_{number}_from", opens
            yield f"d{day}_{number}_to", closes


def _closing(name: str) -> str:
    return f"{name.removesuffix('from')}to"
