"""Taking turns: of many callers who ring in one moment, a process answers a few at a time.

Threads that all want the interpreter fight over it: eight of them answer a hundred calls a seventh later than three do
while the others wait (docs/benchmarks.md, Who answers). The threads are there for what waits for others. So a turn is
given back before such work, and nobody waits for one for long: what hangs must not keep a telephone ringing.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Empty, SimpleQueue

from django.http import HttpRequest

# With one, the interpreter idles while PostgreSQL answers; with more than four nothing is won.
AT_ONCE = 3
# A hundred callers have had theirs by then. Vapi waits 7.5 s for an answer (reference vapi, 1.3).
PATIENCE_S = 0.25


class Turn:
    """Somebody's turn; or none, when the wait was too long. `asked_at` is when the wait began (`time.perf_counter`)."""

    def __init__(self, free: "SimpleQueue[None] | None", *, asked_at: float) -> None:
        self._free = free
        self.asked_at = asked_at

    @property
    def is_had(self) -> bool:
        return self._free is not None

    def give_back(self) -> None:
        """Let the next in. Twice is once."""
        free, self._free = self._free, None
        if free is not None:
            free.put(None)


class Turns:
    """So many at a time, across the threads of a process."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        # As a semaphore, but threading's is written in Python, and costs more than turns save.
        self._free: SimpleQueue[None] = SimpleQueue()
        for _ in range(at_once):
            self._free.put(None)

    @contextmanager
    def taken(self, *, patience_s: float = PATIENCE_S) -> Iterator[Turn]:
        """Wait for a turn and have it while this is open; after `patience_s` go on without."""
        asked_at = time.perf_counter()
        try:
            self._free.get(timeout=patience_s)
            turn = Turn(self._free, asked_at=asked_at)
        except Empty:
            turn = Turn(None, asked_at=asked_at)
        try:
            yield turn
        finally:
            turn.give_back()


ringing = Turns()


def give_turn_back(request: HttpRequest) -> None:
    """What this request does from here on may wait for others."""
    turn: Turn | None = getattr(request, "turn", None)
    if turn is not None:
        turn.give_back()


def came_at(request: HttpRequest) -> float:
    """When a request came, by `time.perf_counter`: what measures it counts its wait for a turn too."""
    turn: Turn | None = getattr(request, "turn", None)
    return time.perf_counter() if turn is None else turn.asked_at
