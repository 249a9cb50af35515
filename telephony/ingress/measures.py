"""What is counted about Twilio's and Resend's webhooks. Outcomes are words of ours, never text of theirs."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from prometheus_client import Histogram

from voxanne.errors import DomainError
from voxanne.metrics import counter, histogram

TWILIO_WEBHOOKS = histogram(
    "twilio_webhook_seconds", "Twilio's webhooks, by type and by what became of them.", labels=("type", "outcome")
)
TWILIO_SIGNATURE_FAILURES = counter(
    "twilio_webhook_signature_failures",
    "Webhooks for an account that nobody has, without a signature, or with a wrong one.",
    labels=("reason",),
    from_zero=("account", "missing", "wrong"),
)
RESEND_WEBHOOKS = histogram(
    "resend_webhook_seconds", "Resend's webhooks, by type and by what became of them.", labels=("type", "outcome")
)
RESEND_SIGNATURE_FAILURES = counter(
    "resend_webhook_signature_failures",
    "Webhooks for a clinic that expects none, without a signature, with an old one or with a wrong one.",
    labels=("reason",),
    from_zero=("account", "missing", "stale", "wrong"),
)


@dataclass
class Passage:
    """One webhook's way, as it is counted at the end."""

    outcome: str = "accepted"


@contextmanager
def measured(kind: str, *, webhooks: Histogram = TWILIO_WEBHOOKS) -> Iterator[Passage]:
    """Time a webhook and count what becomes of it: a refusal by its code, anything that breaks as `failed`."""
    passage, started = Passage(), time.perf_counter()
    try:
        yield passage
    except DomainError as refused:
        passage.outcome = refused.code
        raise
    except Exception:
        passage.outcome = "failed"
        raise
    finally:
        webhooks.labels(kind, passage.outcome).observe(time.perf_counter() - started)
