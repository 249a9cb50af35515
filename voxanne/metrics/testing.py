"""For tests: what this process has counted so far."""

from voxanne.metrics.definitions import PREFIX, REGISTRY


def counted(name: str, **labels: str) -> float:
    """The value of `voxanne_<name>` as Prometheus would see it (`…_total`, `…_count`); 0 before the first."""
    return REGISTRY.get_sample_value(f"{PREFIX}_{name}", labels) or 0.0
