"""Telling others after the answer: what may be lost is sent by a thread of its own, many things at a time.

A web request that only has news for somebody else (a wake-up, a live event) must neither pay for sending it nor wait
for a Redis that is away. What is handed over here must be found again without it: the rows are there, a sweeper looks.
"""

import os
import threading
import time
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

import structlog
from django.conf import settings

from voxanne.metrics import counter, gauge

log = structlog.get_logger(__name__)

CARRIED = counter("courier_items", "News handed to a courier, by what became of it.", labels=("courier", "outcome"))
WAITING = gauge("courier_waiting", "News that a courier has not yet delivered.", labels=("courier",))

T = TypeVar("T")
# How long the first waits for others to travel with it.
GATHER_S = 0.025
# More than that is dropped: the receiver has been away for long, and will look for itself when it is back.
MOST_WAITING = 20_000


class Courier(Generic[T]):
    """Delivers what it is handed in batches. Where `settings.SEND_IN_BACKGROUND` is off it delivers at once.

    `deliver` sees to its own failures: what it could not deliver is not tried again. It says False when it could not.
    """

    def __init__(self, deliver: Callable[[Sequence[T]], bool | None], *, name: str) -> None:
        self._deliver = deliver
        self._name = name
        self._lock = threading.Lock()
        self._filled = threading.Event()
        self._waiting: list[T] = []
        self._thread: threading.Thread | None = None
        self._pid = 0

    def hand_over(self, item: T) -> None:
        """Have it delivered soon. Never raises and never waits for the receiver."""
        if not settings.SEND_IN_BACKGROUND:
            self._deliver_safely([item])
            return
        with self._lock:
            self._ensure_running()
            if len(self._waiting) >= MOST_WAITING:
                CARRIED.labels(self._name, "dropped").inc()
                return
            self._waiting.append(item)
        if not self._filled.is_set():
            self._filled.set()

    def _ensure_running(self) -> None:
        """Start the thread in this process, once. A forked child gets its own, and leaves its parent's items alone."""
        if self._thread is not None and self._pid == os.getpid():
            return
        self._pid, self._waiting = os.getpid(), []
        self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while self._filled.wait():
            time.sleep(GATHER_S)
            self._filled.clear()
            with self._lock:
                items, self._waiting = self._waiting, []
            if items:
                WAITING.labels(self._name).set(len(items))
                self._deliver_safely(items)
                WAITING.labels(self._name).set(len(self._waiting))

    def _deliver_safely(self, items: Sequence[T]) -> None:
        delivered: bool | None = False
        try:
            delivered = self._deliver(items)
        except Exception:
            log.exception("courier.lost", courier=self._name, items=len(items))
        CARRIED.labels(self._name, "lost" if delivered is False else "delivered").inc(len(items))
