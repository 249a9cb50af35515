"""Taking Vapi's reports in: throughput against a bare view, and what a sender waits."""

import time
from collections.abc import Callable, Iterator

from bench.clinic import WEBHOOK, Clinic
from bench.cpu import seconds_used
from bench.figures import Figure, at_least, at_most, exactly, median, report
from bench.load import Outcome, send
from bench.stack import Stack

BARE = "/bare"
BEHIND_MIDDLEWARE = "/site/bare"
CONNECTIONS = 100
WORKED_OFF_WITHIN_S = 90.0


def throughput(stack: Stack, clinic: Clinic, *, quick: bool) -> Iterator[Figure]:
    """Alternating rounds of the webhook and the bare view, as fast as answers come over 100 connections."""
    rounds, count = (2, 600) if quick else (6, 2500)
    addresses = (BARE, WEBHOOK, BEHIND_MIDDLEWARE)
    for path in addresses:  # caches, pools and code paths warm
        send(stack.web, clinic.reports(path, count=300), connections=CONNECTIONS)
    runs: dict[str, list[tuple[Outcome, float]]] = {path: [] for path in addresses}
    for _ in range(rounds):
        for path in addresses:
            runs[path].append(_measured(stack, lambda path=path: clinic.reports(path, count=count)))  # type: ignore[misc]
    ours, bare = runs[WEBHOOK], runs[BARE]
    yield at_least(
        "webhook ÷ bare view, throughput",
        median([a.per_second / b.per_second for (a, _), (b, _) in zip(ours, bare, strict=True)]),
        0.5,
        note=f"median of {rounds} alternating rounds, {CONNECTIONS} connections",
    )
    yield report(
        "bare ÷ webhook, processor time of a request",
        median([b / a for (_, a), (_, b) in zip(ours, bare, strict=True)]),
        "",
        note="web, PostgreSQL and Redis together; hardly changed by other load",
    )
    yield report(
        "webhook ÷ bare view behind the site's middleware",
        median([a.per_second / b.per_second for (a, _), (b, _) in zip(ours, runs[BEHIND_MIDDLEWARE], strict=True)]),
        "",
    )
    for name, path in (("webhook", WEBHOOK), ("bare view", BARE)):
        yield report(f"{name}, requests a second", median([outcome.per_second for outcome, _ in runs[path]]), "/s")
        yield report(f"{name}, processor time", median([used for _, used in runs[path]]), "ms")
        for share in (0.5, 0.99):
            value = median([outcome.percentile(share) for outcome, _ in runs[path]])
            yield report(f"{name} at {CONNECTIONS} busy connections, p{share * 100:.0f}", value, "ms")
    for share, aim in ((0.5, 50), (0.99, 100)):
        added = median([a.percentile(share) - b.percentile(share) for (a, _), (b, _) in zip(ours, bare, strict=True)])
        yield at_most(f"added to the bare view at {CONNECTIONS} busy connections, p{share * 100:.0f}", added, aim, "ms")
    refused = sum(n for outcome, _ in ours for status, n in outcome.statuses.items() if status != 200)
    yield exactly("webhooks not answered with 200", refused, 0)


def latency(stack: Stack, clinic: Clinic, *, quick: bool) -> Iterator[Figure]:
    """A hundred senders at the pace of real calls: each posts a message every half second, the worker works it off."""
    stack.forget_backlog()
    each_s, seconds = 0.5, (4 if quick else 15)
    count = round(CONNECTIONS * seconds / each_s)
    with stack.worker():
        send(stack.web, clinic.reports(WEBHOOK, count=200), connections=CONNECTIONS, each_s=0.2)
        outcome = send(stack.web, clinic.reports(WEBHOOK, count=count), connections=CONNECTIONS, each_s=each_s)
    note = f"{outcome.per_second:.0f} messages a second, the worker on the same cores"
    yield at_most(f"acknowledgement, {CONNECTIONS} senders, p50", outcome.percentile(0.5), 50, "ms", note=note)
    yield at_most(f"acknowledgement, {CONNECTIONS} senders, p99", outcome.percentile(0.99), 100, "ms", note=note)
    yield exactly("webhooks not answered with 200", len(outcome.answers) - outcome.statuses.get(200, 0), 0)


def working_off(stack: Stack, clinic: Clinic, *, quick: bool) -> Iterator[Figure]:
    """How fast one worker of two processes works off reports and status updates that are waiting."""
    count = 200 if quick else 1000
    stack.forget_backlog()
    send(stack.web, clinic.reports(WEBHOOK, count=count), connections=20)
    with stack.worker():
        while waiting(clinic) > count * 0.9:  # the start-up of the worker is not what is measured
            time.sleep(0.02)
        begun, started = waiting(clinic), time.monotonic()
        while left := waiting(clinic):
            time.sleep(0.05)
            if time.monotonic() - started > WORKED_OFF_WITHIN_S:
                break
        seconds = time.monotonic() - started
    yield report("events worked off by one worker", (begun - left) / seconds, "/s", note=f"{begun} events")
    yield exactly("events left waiting", left, 0)


def waiting(clinic: Clinic) -> int:
    """How many events of the clinic are not worked off."""
    from calls.models import WebhookEvent
    from orgs.scope import org_scope, org_tx

    with org_scope(clinic.org_id), org_tx():
        return int(WebhookEvent.objects.filter(processed_at__isnull=True).count())


def _measured(stack: Stack, requests: Callable[[], Iterator[bytes]]) -> tuple[Outcome, float]:
    """One run, and the processor milliseconds that the servers used for each request of it."""
    before = seconds_used(stack)
    outcome = send(stack.web, requests(), connections=CONNECTIONS)
    return outcome, (seconds_used(stack) - before) / len(outcome.answers) * 1000
