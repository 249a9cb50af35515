"""What counting costs a webhook, which is the busiest path there is."""

import timeit
from collections.abc import Callable, Iterator

from bench.acknowledgement import CONNECTIONS
from bench.clinic import WEBHOOK, Clinic
from bench.cpu import seconds_used
from bench.figures import Figure, at_most, report
from bench.load import send
from bench.scrape import scrape
from bench.stack import Stack


def counting(stack: Stack, clinic: Clinic, *, quick: bool) -> Iterator[Figure]:
    """A single count, all counts of a webhook, and a scrape, beside the processor time of the webhook itself."""
    from calls.ingress.measures import WEBHOOKS
    from voxanne.expiring_cache import LOOK_UPS

    times = 2_000 if quick else 50_000
    send(stack.web, clinic.reports(WEBHOOK, count=300), connections=CONNECTIONS)
    before, used = scrape(stack), seconds_used(stack)
    outcome = send(stack.web, clinic.reports(WEBHOOK, count=600 if quick else 2500), connections=CONNECTIONS)
    webhook_us = (seconds_used(stack) - used) / len(outcome.answers) * 1e6
    seen = scrape(stack).since(before)
    bound = LOOK_UPS.labels("bench", "hit")
    plain_us = _each_us(bound.inc, times)
    labelled_us = _each_us(lambda: WEBHOOKS.labels("status-update", "accepted").observe(0.004), times)
    yield report("a webhook, processor time of all servers", webhook_us, "µs")
    yield report("a count", plain_us, "µs")
    yield report("a duration with labels", labelled_us, "µs")
    yield at_most("a duration with labels, share of a webhook", labelled_us / webhook_us * 100, 1, "%")
    look_ups = seen.total("voxanne_cache_look_ups_total") / len(outcome.answers)
    durations = sum(
        seen.total(f"voxanne_{name}_seconds_count") for name in ("http_request", "webhook", "credential_read")
    ) / len(outcome.answers)
    together = (look_ups * plain_us + durations * labelled_us) / webhook_us * 100
    yield report("all that is counted of a webhook", together, "%", note=f"{look_ups + durations:.1f} counts")
    yield report("a scrape", _each_us(lambda: scrape(stack), 5) / 1000, "ms", note=f"{len(seen.values)} series")


def _each_us(count: Callable[[], object], times: int) -> float:
    """Microseconds of one, in the best of three rounds."""
    return min(timeit.repeat(count, number=times, repeat=3)) / times * 1e6
