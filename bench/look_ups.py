"""What each webhook asks before it is believed: whose assistant, which secret. Timed inside this process."""

import time
from collections.abc import Callable, Iterator

from bench.clinic import Clinic
from bench.figures import Figure, at_most, median, report
from bench.stack import Stack


def look_ups(stack: Stack, clinic: Clinic, *, quick: bool) -> Iterator[Figure]:
    """Organisation and credentials, from the database and from the cache."""
    from agents.resolution import cache, find_org_for_assistant
    from credentials.service import credential_service
    from credentials.types import Provider
    from voxanne.expiring_cache import clear_all_caches

    times = 200 if quick else 2000
    yield at_most(
        "organisation of an assistant, uncached, p50",
        _median_ms(lambda: find_org_for_assistant(clinic.assistant_id), times // 4, before=cache.clear),
        10,
        "ms",
    )
    yield at_most(
        "organisation of an assistant, cached, p50",
        _median_ms(lambda: find_org_for_assistant(clinic.assistant_id), times),
        1,
        "ms",
    )
    yield report(
        "credentials, decrypted from the database, p50",
        _median_ms(lambda: credential_service.get(clinic.org_id, Provider.VAPI), times // 4, before=clear_all_caches),
        "ms",
    )
    yield report(
        "credentials, cached, p50",
        _median_ms(lambda: credential_service.get(clinic.org_id, Provider.VAPI), times),
        "ms",
    )


def _median_ms(ask: Callable[[], object], times: int, *, before: Callable[[], object] = lambda: None) -> float:
    ask()
    taken = []
    for _ in range(times):
        before()
        started = time.perf_counter()
        ask()
        taken.append((time.perf_counter() - started) * 1000)
    return median(taken)
