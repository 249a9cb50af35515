"""What a scrape is answered with: every process's files added up by kind of process, and the platform's figures."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Metric, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from prometheus_client.samples import Sample

from voxanne.metrics import figures
from voxanne.metrics.definitions import REGISTRY
from voxanne.metrics.slots import is_alive

__all__ = ["CONTENT_TYPE_LATEST", "scrape"]


def scrape() -> bytes:
    """All figures in Prometheus' text form."""
    registry = CollectorRegistry()
    registry.register(_Everything())
    return generate_latest(registry)


class _Everything(Collector):
    def collect(self) -> Iterator[Metric]:
        yield from collect_machine(Path(settings.METRICS_DIR)) if settings.METRICS_DIR else REGISTRY.collect()
        if settings.HAS_ADMIN:
            yield from figures.collect()


def collect_machine(directory: Path) -> Iterator[Metric]:
    """What all processes of this machine have counted, living and dead, with the kind of process as a label."""
    families: dict[str, Metric] = {}
    for kind, files in sorted(_files_by_kind(directory).items()):
        for metric in MultiProcessCollector.merge(files):  # type: ignore[no-untyped-call]
            family = families.setdefault(metric.name, Metric(metric.name, metric.documentation, metric.type))
            family.samples += [_of_kind(sample, kind) for sample in metric.samples]
    yield from families.values()


def _files_by_kind(directory: Path) -> dict[str, list[str]]:
    """The files to add up; without figures of now whose process is gone, and files that are being made just now."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(directory.glob("*.db")):
        slot = path.stem.rsplit("_", 1)[1]
        if path.name.startswith("gauge_live") and not is_alive(directory, slot):
            continue
        if path.stat().st_size:
            found[slot.rsplit("-", 1)[0]].append(str(path))
    return found


def _of_kind(sample: Sample, kind: str) -> Sample:
    labels = {**sample.labels, "process": kind}
    if "pid" in labels:
        labels["slot"] = labels.pop("pid")
    return Sample(sample.name, labels, sample.value)
