"""Making metrics: one prefix, one place where they are kept, and labels that cannot hold anybody's data."""

import re
from collections.abc import Collection
from pathlib import Path
from typing import Any, Literal

import prometheus_client as prometheus
from django.conf import settings
from prometheus_client import CollectorRegistry, values

from voxanne.metrics.slots import Slots

PREFIX = "voxanne"
REGISTRY = CollectorRegistry(auto_describe=True)
# Upper ends of a histogram's buckets. Up to what a caller or a browser waits for; up to what a job may take.
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
MINUTES = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)
# A label with more values than that holds something that it should not. The rest is counted together.
MOST_SERIES = 500
OTHER = "other"

_FORBIDDEN = re.compile(
    r"^(pid|process|le|org|organi[sz]ation|tenant|clinic|user|person|patient|caller|contact|call|name|email|phone|number"
    r"|sid|token|secret|key|path|url|query|text|message|error|ip)$|(^|_)(id|ids|uuid|name|number|phone|email)$"
)
_NAME = re.compile(r"^[a-z][a-z0-9_]*[a-z0-9]$")

if settings.METRICS_DIR:
    _slots = Slots(Path(settings.METRICS_DIR), kind=settings.PROCESS)
    values.ValueClass = values.MultiProcessValue(process_identifier=_slots.own)  # type: ignore[assignment, no-untyped-call]


class _Bounded(prometheus.metrics.MetricWrapperBase):
    """A metric that a careless label cannot make grow for ever."""

    most_series = MOST_SERIES

    def labels(self, *labelvalues: Any, **labelkwargs: Any) -> Any:
        if len(self._metrics) >= self.most_series:
            given = labelvalues or tuple(labelkwargs[name] for name in self._labelnames)
            if tuple(str(value) for value in given) not in self._metrics:
                return super().labels(*(OTHER for _ in self._labelnames))
        return super().labels(*labelvalues, **labelkwargs)


class Counter(_Bounded, prometheus.Counter):
    """Only grows. Its name ends in `_total` for Prometheus."""


class Gauge(_Bounded, prometheus.Gauge):
    """A figure as it is now."""


class Histogram(_Bounded, prometheus.Histogram):
    """How long something took, in seconds, in buckets; also counts it."""


def counter(name: str, meaning: str, *, labels: tuple[str, ...] = (), from_zero: tuple[str, ...] = ()) -> Counter:
    """A count, `voxanne_<name>_total`.

    With one label, `from_zero` names values that are told from the start: without it the first time something happens
    is no increase to Prometheus, and an alert misses it.
    """
    made = Counter(_full(name, labels), meaning, labels, registry=REGISTRY)
    for value in from_zero:
        made.labels(value)
    return made


def histogram(
    name: str,
    meaning: str,
    *,
    labels: tuple[str, ...] = (),
    buckets: tuple[float, ...] = SECONDS,
    most_series: int = MOST_SERIES,
) -> Histogram:
    """Durations, `voxanne_<name>_bucket`, `_sum` and `_count`; `name` ends in `_seconds`.

    `most_series` is for the one whose labels are known to have more combinations than others may.
    """
    if not name.endswith("_seconds"):
        raise ValueError(f"a duration is measured in seconds, and its name says so: {name}")
    made = Histogram(_full(name, labels), meaning, labels, registry=REGISTRY, buckets=buckets)
    made.most_series = most_series
    return made


def gauge(name: str, meaning: str, *, labels: tuple[str, ...] = (), over: Literal["sum", "each"] = "sum") -> Gauge:
    """A figure of now, `voxanne_<name>`: summed over the processes that live, or told for each of them."""
    mode: Literal["livesum", "liveall"] = "livesum" if over == "sum" else "liveall"
    return Gauge(_full(name, labels), meaning, labels, registry=REGISTRY, multiprocess_mode=mode)


def word(value: str, known: Collection[str]) -> str:
    """A value for a label: itself when it is one of the known, else `other`. For everything that others may choose."""
    return value if value in known else OTHER


def _full(name: str, labels: tuple[str, ...]) -> str:
    if not _NAME.match(name) or name.startswith(PREFIX) or name.endswith("_total"):
        raise ValueError(f"{name}: lower case with underscores, without {PREFIX}_ and _total, which are added")
    if refused := [label for label in labels if _FORBIDDEN.search(label) or not _NAME.match(label)]:
        raise ValueError(
            f"{name}: {', '.join(refused)} cannot be a label: it would hold somebody's data or grow for ever"
        )
    return f"{PREFIX}_{name}"
