"""How syncing with Vapi goes, and whose Twilio account serves: what is counted here."""

import time
from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from voxanne.metrics import MINUTES, counter, histogram

SYNCS = histogram(
    "vapi_sync_seconds",
    "Attempts to make Vapi match an assistant, a number, a tool or what else is registered there, by their outcome.",
    labels=("kind", "outcome"),
    buckets=MINUTES,
)
PUBLICATIONS = histogram(
    "agent_publication_seconds",
    "Attempts to rehearse a saved version and publish it, by their outcome.",
    labels=("outcome",),
    buckets=MINUTES,
)
TWILIO_USES = counter(
    "twilio_uses",
    "Times that an account was looked for: the agent's own, the organisation's as a fallback, or none found.",
    labels=("source",),
    from_zero=("agent", "fallback", "none"),
)

P = ParamSpec("P")
R = TypeVar("R")


def measured_sync(kind: str, outcome_of: Callable[[Any], StrEnum]) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Time a sync and count it by its outcome."""

    def decorate(sync: Callable[P, R]) -> Callable[P, R]:
        @wraps(sync)
        def measuring(*args: P.args, **kwargs: P.kwargs) -> R:
            started = time.perf_counter()
            result = sync(*args, **kwargs)
            SYNCS.labels(kind, outcome_of(result).value).observe(time.perf_counter() - started)
            return result

        return measuring

    return decorate
