"""Numbers as pages show them: a stat with its change, a chart with its answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Stat:
    """One figure of the overview.

    `value` is ready to read, `unit` stands small behind it. `change` is said against the period before
    ("+12%", "−3"), None when there is nothing to compare, when `note` may say so; `is_better` is None when neither
    way is good.
    """

    label: str
    value: str
    unit: str = ""
    change: str | None = None
    direction: Literal["up", "down", "flat"] = "flat"
    is_better: bool | None = None
    against: str = "yesterday"
    note: str = ""
    points: Sequence[float] = ()


@dataclass(frozen=True, kw_only=True)
class Chart:
    """One chart. `title` is its answer in a sentence; `prefix` ("£") and `unit` ("bookings") stand around a value."""

    key: str
    title: str
    unit: str
    labels: Sequence[str]
    values: Sequence[float]
    prefix: str = ""
    label_heading: str = "Day"
    spec: dict[str, object] = field(init=False)

    def __post_init__(self) -> None:
        spec = {"labels": list(self.labels), "values": list(self.values), "unit": self.unit, "prefix": self.prefix}
        object.__setattr__(self, "spec", spec)

    @property
    def rows(self) -> list[tuple[str, str]]:
        """The chart's numbers for its table."""
        said = (f"{self.prefix}{value:,.2f}".removesuffix(".00") for value in self.values)
        return list(zip(self.labels, said, strict=True))


def compare(*, now: float, before: float, more_is_better: bool | None = True) -> dict[str, object]:
    """Return `change`, `direction` and `is_better` of a Stat from two periods' values."""
    if not before:
        return {"change": None, "direction": "flat", "is_better": None}
    percent = round((now - before) / before * 100)
    if percent == 0:
        return {"change": "No change", "direction": "flat", "is_better": None}
    rose = percent > 0
    better = None if more_is_better is None else rose == more_is_better
    sign = "+" if rose else "−"
    return {"change": f"{sign}{abs(percent)}%", "direction": "up" if rose else "down", "is_better": better}


def compare_percent(*, now: float, before: float | None) -> dict[str, object]:
    """As `compare` for shares of a hundred, of which more is better: told in points, None where there was no share."""
    if before is None:
        return {"change": None, "direction": "flat", "is_better": None}
    points = round(now) - round(before)
    if points == 0:
        return {"change": "No change", "direction": "flat", "is_better": None}
    words = f"{abs(points)} {'point' if abs(points) == 1 else 'points'}"
    rose = points > 0
    return {"change": f"{'+' if rose else '−'}{words}", "direction": "up" if rose else "down", "is_better": rose}
