"""Figures that nobody counts as they happen: read from the database and Redis at the moment of a scrape.

Rooms register what they know. Only the admin process reads them: its login alone may look across organisations, and one
process is enough to tell what is true of the whole platform.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import structlog
from prometheus_client.core import GaugeMetricFamily

from voxanne.metrics.definitions import PREFIX

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Figure:
    """One value of `voxanne_<name>`. Labels are held to the same rule as everywhere: words that the code knows."""

    name: str
    meaning: str
    value: float
    labels: Mapping[str, str] = field(default_factory=dict)


Source = Callable[[], Iterable[Figure]]
_sources: dict[str, Source] = {}


def register_source(name: str, source: Source) -> None:
    """Have every scrape of the admin process ask this. Registering a name again replaces it."""
    _sources[name] = source


def collect() -> Iterator[GaugeMetricFamily]:
    """All sources' figures. One that fails is told as missing and takes nothing else with it."""
    answered = GaugeMetricFamily(f"{PREFIX}_source_up", "Whether a source could be read.", labels=["source"])
    families: dict[str, GaugeMetricFamily] = {}
    for name, source in _sources.items():
        try:
            figures = list(source())
        except Exception as error:  # noqa: BLE001 - whatever is away, the other figures must be told
            log.warning("metrics.source_failed", source=name, error=type(error).__name__)
            answered.add_metric([name], 0)
            continue
        answered.add_metric([name], 1)
        for figure in figures:
            _add(families, figure)
    yield answered
    yield from families.values()


def _add(families: dict[str, GaugeMetricFamily], figure: Figure) -> None:
    full = f"{PREFIX}_{figure.name}"
    family = families.setdefault(full, GaugeMetricFamily(full, figure.meaning, labels=list(figure.labels)))
    family.add_metric(list(figure.labels.values()), figure.value)
