"""What the running web server counts, read from its `/metrics` as Prometheus does."""

import urllib.request
from bisect import bisect_left
from dataclasses import dataclass

from prometheus_client.parser import text_string_to_metric_families

from bench.stack import Stack
from voxanne.embedded.ports import HOST

Key = tuple[str, frozenset[tuple[str, str]]]


@dataclass(frozen=True)
class Scrape:
    """Every sample of one scrape, or what was added between two."""

    values: dict[Key, float]

    def since(self, earlier: "Scrape") -> "Scrape":
        """What was counted after the earlier one."""
        return Scrape({key: value - earlier.values.get(key, 0.0) for key, value in self.values.items()})

    def total(self, name: str, **labels: str) -> float:
        """The sum of all samples of that name with these labels."""
        return sum(value for (found, given), value in self.values.items() if found == name and labels.items() <= given)

    def quantile(self, name: str, share: float, **labels: str) -> float:
        """The seconds that this share stayed within, between two bucket ends as Prometheus does; 0 of none."""
        buckets: dict[float, float] = {}
        for (found, given), value in self.values.items():
            if found == f"{name}_bucket" and labels.items() <= given:
                end = float(dict(given)["le"])
                buckets[end] = buckets.get(end, 0.0) + value
        ends = sorted(buckets)
        counts = [buckets[end] for end in ends]
        if not counts or not counts[-1]:
            return 0.0
        wanted = share * counts[-1]
        at = bisect_left(counts, wanted)
        start, below = (ends[at - 1], counts[at - 1]) if at else (0.0, 0.0)
        return start + (min(ends[at], ends[-2]) - start) * (wanted - below) / (counts[at] - below)


def scrape(stack: Stack) -> Scrape:
    """Ask the web server once."""
    request = urllib.request.Request(
        f"http://{HOST}:{stack.web}/metrics",
        headers={"Authorization": f"Bearer {stack.environment['METRICS_TOKEN']}"},
    )
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as answer:
        text = answer.read().decode()
    return Scrape(
        {
            (sample.name, frozenset(sample.labels.items())): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }
    )
