"""One chart at a time, whose title is its answer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from calls.figures_by_day import Day, total
from voxanne.money import in_major_units, say_money, sign_of
from voxanne.ui.figures import Chart


class Measure(StrEnum):
    """What the chart shows."""

    BOOKINGS = "bookings"
    CALLS = "calls"
    VALUE = "value"
    SENTIMENT = "sentiment"

    @property
    def label(self) -> str:
        return self.value.capitalize()


@dataclass(frozen=True)
class _Way:
    """How a measure is read: each day's value, its unit, and the answer."""

    unit: str
    value: Callable[[Day], float]
    answer: Callable[[Sequence[Day]], str]
    prefix: str = ""


def draw(measure: Measure, days: Sequence[Day], *, currency: str) -> Chart:
    """The chart of these days."""
    way = _ways(currency)[measure]
    return Chart(
        key=f"chart-{measure.value}",
        title=way.answer(days),
        unit=way.unit,
        prefix=way.prefix,
        labels=[f"{day.day:%a} {day.day.day} {day.day:%b}" for day in days],
        values=[way.value(day) for day in days],
    )


def _ways(currency: str) -> dict[Measure, _Way]:
    return {
        Measure.BOOKINGS: _Way("bookings", lambda day: day.booked, _bookings),
        Measure.CALLS: _Way("calls", lambda day: day.calls, _calls),
        Measure.VALUE: _Way(
            "",
            lambda day: in_major_units(day.value_minor, currency),
            lambda days: _value(days, currency),
            prefix=sign_of(currency),
        ),
        Measure.SENTIMENT: _Way("% positive", lambda day: round(day.positive_percent), _sentiment),
    }


def _bookings(days: Sequence[Day]) -> str:
    booked = total(days).booked
    if booked == 0:
        return f"No bookings in {_period(days)}"
    best = max(days, key=lambda day: day.booked)
    if booked == 1:
        return f"One booking in {_period(days)}, on {best.day:%A}"
    if best.booked == booked:
        return f"{booked:,} bookings in {_period(days)}, all on {_date(best.day)}"
    return f"{booked:,} bookings in {_period(days)}, most on {_date(best.day)}"


def _calls(days: Sequence[Day]) -> str:
    calls = total(days).calls
    if calls == 0:
        return f"No calls in {_period(days)}"
    best = max(days, key=lambda day: day.calls)
    if best.calls == calls:
        words = "One call" if calls == 1 else f"{calls:,} calls"
        return f"{words} in {_period(days)}, on {_date(best.day)}"
    return f"{calls:,} calls in {_period(days)}, most on {_date(best.day)}"


def _value(days: Sequence[Day], currency: str) -> str:
    value = total(days).value_minor
    if value == 0:
        return f"No treatments asked for in {_period(days)}"
    best = max(days, key=lambda day: day.value_minor)
    which = "all" if best.value_minor == value else "most"
    return f"Treatments for {say_money(value, currency)} asked for in {_period(days)}, {which} on {_date(best.day)}"


def _sentiment(days: Sequence[Day]) -> str:
    figures = total(days)
    if not figures.rated:
        return f"Nobody's mood is known in {_period(days)}"
    return (
        f"{round(figures.positive_percent)}% of calls in {_period(days)} were positive, {_negative(figures.negative)}"
    )


def _negative(count: int) -> str:
    return {0: "none negative", 1: "one negative"}.get(count, f"{count:,} negative")


def _period(days: Sequence[Day]) -> str:
    return f"the last {len(days)} days"


def _date(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B}"
