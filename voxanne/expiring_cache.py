"""A small in-process cache whose entries end by themselves: for what every webhook asks and hardly ever changes."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar
from weakref import WeakSet

from voxanne.metrics import counter, gauge

LOOK_UPS = counter("cache_look_ups", "Questions to the caches in a process's memory.", labels=("cache", "result"))
ENTRIES = gauge("cache_entries", "What each process keeps in a cache.", labels=("cache",), over="each")

# From when on an entry that is asked for is read again. Early: what is asked for every ten seconds shall not end.
AGING_SHARE = 0.25

V = TypeVar("V")


@dataclass(slots=True)
class _Entry(Generic[V]):
    """A value, when it ends, and from when on it is read again where it is asked for; None when that was begun."""

    value: V
    ends: float
    aging: float | None


_all: "WeakSet[ExpiringCache[object]]" = WeakSet()


class ExpiringCache(Generic[V]):
    """Least recently used entries leave first; none is served when older than `ttl_s`. Safe across threads.

    A value that was being loaded while its key was dropped is not kept: it may be the old one. `epoch()` before the
    load and `put(..., epoch=…)` after it see to that. `name` is what its figures are told under.

    `reread` hears, once for each entry, that one which is past a quarter of its time was asked for: whoever reads it
    again before it ends spares the next who asks the wait.
    """

    def __init__(
        self,
        *,
        name: str,
        ttl_s: float,
        max_entries: int,
        clock: Callable[[], float] = time.monotonic,
        reread: Callable[[str], None] | None = None,
    ) -> None:
        self._ttl_s = ttl_s
        self._max_entries = max_entries
        self._clock = clock
        self._reread = reread
        self._entries: OrderedDict[str, _Entry[V]] = OrderedDict()
        self._lock = threading.Lock()
        self._epoch = 0
        self._hits, self._misses = LOOK_UPS.labels(name, "hit"), LOOK_UPS.labels(name, "miss")
        self._size = ENTRIES.labels(name)
        _all.add(self)  # type: ignore[arg-type]

    def find(self, key: str) -> V | None:
        """The value of a key, or None when it is unknown or too old."""
        is_aging, moment = False, self._clock()
        with self._lock:
            entry = self._entries.get(key)
            if entry is not None and entry.ends > moment:
                self._entries.move_to_end(key)
                if entry.aging is not None and entry.aging <= moment:
                    is_aging, entry.aging = True, None
            else:
                self._entries.pop(key, None)
                entry = None
        if entry is None:
            self._misses.inc()
            return None
        self._hits.inc()
        if is_aging and self._reread is not None:
            self._reread(key)
        return entry.value

    def epoch(self) -> int:
        """A number that changes whenever something is dropped."""
        with self._lock:
            return self._epoch

    def put(self, key: str, value: V, *, epoch: int) -> None:
        """Keep a value that was loaded at `epoch`, unless something was dropped since."""
        with self._lock:
            if epoch != self._epoch:
                return
            moment, before = self._clock(), len(self._entries)
            self._entries[key] = _Entry(value, ends=moment + self._ttl_s, aging=moment + self._ttl_s * AGING_SHARE)
            self._entries.move_to_end(key)
            while len(self._entries) > self._max_entries:
                self._entries.popitem(last=False)
            if len(self._entries) != before:
                self._size.set(len(self._entries))

    def drop(self, key: str) -> None:
        """Forget one key."""
        with self._lock:
            self._epoch += 1
            self._entries.pop(key, None)
            self._size.set(len(self._entries))

    def clear(self) -> None:
        """Forget every key."""
        with self._lock:
            self._epoch += 1
            self._entries.clear()
            self._size.set(0)


def clear_all_caches() -> None:
    """Empty every cache of this process: what one test kept must not reach the next."""
    for cache in list(_all):
        cache.clear()
