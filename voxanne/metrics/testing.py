"""For tests: what this process has counted so far."""

from voxanne.metrics.definitions import PREFIX, REGISTRY


def counted(name: str, **labels: str) -> float:
    """The value of `voxanne_<name>` as Prometheus would see it (`…_total`, `…_count`); 0 before the first."""
    return REGISTRY.get_sample_value(f"{PREFIX}_{name}", labels) or 0.0


class Growth:
    """How much has been counted since somebody first asked: `grown("bookings_total", result="booked")`."""

    def __init__(self) -> None:
        self._before: dict[tuple[str, tuple[tuple[str, str], ...]], float] = {}

    def __call__(self, name: str, **labels: str) -> float:
        now = counted(name, **labels)
        return now - self._before.setdefault((name, tuple(sorted(labels.items()))), now)
