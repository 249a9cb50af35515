"""How often agents were served by their own Twilio account, by the organisation's, or by none: a process's figures."""

import threading
from dataclasses import dataclass
from enum import StrEnum


class TwilioSource(StrEnum):
    """Whose account serves an agent."""

    AGENT = "agent"
    FALLBACK = "fallback"


@dataclass(frozen=True)
class TwilioUse:
    """What has been resolved since the process started."""

    agent: int = 0
    fallback: int = 0
    unresolved: int = 0


class TwilioUseCounter:
    """Counts across threads; nothing leaves the process until somebody asks for the statistics."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts = {"agent": 0, "fallback": 0, "unresolved": 0}

    def count(self, source: TwilioSource | None) -> None:
        """One more use of a source; None when nothing resolved."""
        with self._lock:
            self._counts[source.value if source else "unresolved"] += 1

    def statistics(self) -> TwilioUse:
        """The figures as they are now."""
        with self._lock:
            return TwilioUse(**self._counts)


twilio_use = TwilioUseCounter()
