"""What is counted about the messages that come in. Their type and outcome are words of ours, never Vapi's text."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse

from calls.ingress.messages import HANDLED
from voxanne.errors import DomainError
from voxanne.metrics import MINUTES, counter, histogram, word
from voxanne.turns import came_at

WEBHOOKS = histogram(
    "webhook_seconds", "Messages of Vapi's, by type and by what became of them.", labels=("type", "outcome")
)
SIGNATURE_FAILURES = counter(
    "webhook_signature_failures",
    "Messages without the secret, or with a wrong one.",
    labels=("reason",),
    from_zero=("missing", "wrong"),
)
EVENT_DELAY = histogram(
    "webhook_event_delay_seconds", "From a report's arrival until it was worked off.", buckets=MINUTES
)
EVENT_FAILURES = counter(
    "webhook_event_failures",
    "Tries that did not work an event off: again later, or dead.",
    labels=("outcome",),
    from_zero=("again", "dead"),
)


@dataclass
class Passage:
    """One message's way through the door, as it is counted at the end."""

    type: str = "unread"
    outcome: str = "answered"

    def is_of(self, message_type: str) -> None:
        """What came, once it could be read."""
        self.type = word(message_type, HANDLED)


def measured(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Time a view and count what becomes of the message; the view gets a `Passage` and says what it alone knows.

    A refusal is counted by its code (`unauthorized`, `too_many`, …), anything that breaks as `failed`.
    """

    @wraps(view)
    def measuring(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        passage, started = Passage(), came_at(request)
        try:
            return view(request, passage, *args, **kwargs)
        except DomainError as refused:
            passage.outcome = refused.code
            raise
        except Exception:
            passage.outcome = "failed"
            raise
        finally:
            WEBHOOKS.labels(passage.type, passage.outcome).observe(time.perf_counter() - started)

    return measuring
