"""Who waits for an answer in this process: callers on the line come before everything that can be done later."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

_LOOK_EVERY_S = 0.005


class Waiting:
    """Counts those who wait, and lets others wait until nobody does."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._count = 0
        self._last_left = 0.0

    @contextmanager
    def one_more(self) -> Iterator[None]:
        """Somebody waits while this is open."""
        with self._lock:
            self._count += 1
        try:
            yield
        finally:
            with self._lock:
                self._count -= 1
                self._last_left = time.monotonic()

    def give_way(self, *, quiet_s: float, at_most_s: float) -> float:
        """Sleep until nobody has waited for `quiet_s`, though not for longer than `at_most_s`; the seconds it took."""
        started = time.monotonic()
        while (waited := time.monotonic() - started) < at_most_s and not self._is_quiet(quiet_s):
            time.sleep(_LOOK_EVERY_S)
        return waited

    def _is_quiet(self, seconds: float) -> bool:
        return not self._count and time.monotonic() - self._last_left >= seconds


callers = Waiting()
