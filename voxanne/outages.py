"""Which providers are down: the pauses between tries help over a hiccup; in an outage they only hold workers.

Each process learns it by itself, from a request that failed through all its tries.
"""

import threading
import time

# As long as the sweepers take to try again: whoever comes then finds out anew.
REMEMBERED_S = 30.0


class Outages:
    """Addresses that did not answer lately. Safe across threads."""

    def __init__(self, *, remembered_s: float = REMEMBERED_S) -> None:
        self._remembered_s = remembered_s
        self._until: dict[str, float] = {}
        self._lock = threading.Lock()

    def is_known(self, address: str) -> bool:
        """Whether to ask this address once only."""
        return self._until.get(address, 0.0) > time.monotonic()

    def note(self, address: str) -> None:
        """All tries failed, or the only one while the outage was known."""
        with self._lock:
            self._until[address] = time.monotonic() + self._remembered_s

    def is_over(self, address: str) -> None:
        """It answered."""
        if address in self._until:
            with self._lock:
                self._until.pop(address, None)

    def forget(self) -> None:
        """As a process that has just begun."""
        with self._lock:
            self._until.clear()


outages = Outages()
