"""What a benchmark reports, and how it is printed."""

import json
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """One measured value. `aim` is what the specification asks for, empty where it asks for nothing."""

    name: str
    value: str
    aim: str = ""
    met: bool | None = None
    note: str = ""


def at_most(name: str, value: float, aim: float, unit: str, *, note: str = "") -> Figure:
    """A figure that should not be larger than its aim."""
    return Figure(name, f"{_short(value)} {unit}", f"≤ {_short(aim)} {unit}", met=value <= aim, note=note)


def at_least(name: str, value: float, aim: float, *, note: str = "") -> Figure:
    """A ratio that should not be smaller than its aim."""
    return Figure(name, f"{value:.2f}", f"≥ {aim}", met=value >= aim, note=note)


def exactly(name: str, value: object, wanted: object, *, note: str = "") -> Figure:
    """A figure that must be this and nothing else."""
    return Figure(name, str(value), f"= {wanted}", met=value == wanted, note=note)


def report(name: str, value: float, unit: str, *, note: str = "") -> Figure:
    """A figure without an aim."""
    return Figure(name, f"{_short(value)} {unit}", note=note)


def table(figures: Sequence[Figure]) -> str:
    """The figures as aligned columns."""
    rows = [(f.name, f.value, f.aim, {True: "yes", False: "NO", None: ""}[f.met], f.note) for f in figures]
    head = ("figure", "measured", "aim", "met", "note")
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in [head, *rows]
    ]
    return "\n".join([lines[0], "  ".join("─" * width for width in widths), *lines[1:]])


def write_json(path: Path, figures: Sequence[Figure], *, machine: dict[str, str]) -> None:
    """The same for machines."""
    path.write_text(
        json.dumps({"machine": machine, "figures": [asdict(figure) for figure in figures]}, indent=2) + "\n"
    )


def median(values: Sequence[float]) -> float:
    """The middle value; 0 of none."""
    return statistics.median(values) if values else 0.0


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
