"""A changed credential is forgotten by every process at once: a Redis message, and a thread that listens to it.

Redis being away costs freshness only: entries end by themselves after 30 seconds.
"""

import os
import threading
import time
from dataclasses import dataclass
from typing import Any

import redis
import structlog
from django.conf import settings
from django.db import connection, transaction

from voxanne.expiring_cache import ExpiringCache
from voxanne.live.publish import connection as redis_connection

log = structlog.get_logger(__name__)

CHANNEL = "voxanne:credentials:changed"
RECONNECT_S = 1.0
POLL_S = 5.0


def announce_change(key: str) -> None:
    """Tell all processes to forget a cache key. Losing it is logged, never raised."""
    try:
        redis_connection().publish(CHANNEL, key)
    except redis.RedisError as error:
        log.warning("credentials.announce_lost", error=type(error).__name__)


class InvalidationListener:
    """Keeps caches in step with what other processes change. Starts with the first `ensure_running()`."""

    def __init__(self, *caches: ExpiringCache[Any]) -> None:
        self._caches = list(caches)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._pid = 0
        self.listening = threading.Event()

    def add(self, cache: ExpiringCache[Any]) -> None:
        """Keep one more cache in step."""
        self._caches.append(cache)

    def drop(self, key: str) -> None:
        """Forget a key in every cache of this process."""
        for cache in self._caches:
            cache.drop(key)

    def ensure_running(self) -> None:
        """Start the thread in this process, once. A forked child gets its own."""
        with self._lock:
            if self._thread is not None and self._thread.is_alive() and self._pid == os.getpid():
                return
            self._pid = os.getpid()
            self.listening.clear()
            self._thread = threading.Thread(target=self._run, name="credential-invalidation", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while True:
            try:
                self._follow()
            except (redis.RedisError, OSError) as error:
                self.listening.clear()
                log.warning("credentials.listener_lost", error=type(error).__name__)
            time.sleep(RECONNECT_S)

    def _follow(self) -> None:
        client = redis.Redis.from_url(
            settings.REDIS_URL, socket_connect_timeout=2, health_check_interval=10, decode_responses=True
        )
        with client, client.pubsub() as pubsub:  # type: ignore[no-untyped-call]
            pubsub.subscribe(CHANNEL)
            while True:
                message = pubsub.get_message(timeout=POLL_S)
                if message is None:
                    continue
                if message["type"] == "subscribe":
                    # What changed while nobody listened was not heard.
                    for cache in self._caches:
                        cache.clear()
                    self.listening.set()
                elif message["type"] == "message":
                    self.drop(str(message["data"]))


listener = InvalidationListener()


@dataclass(frozen=True)
class _Forget:
    """What a committed change does. While it waits for the commit it also marks the key as not to be cached."""

    key: str

    def __call__(self) -> None:
        listener.drop(self.key)
        announce_change(self.key)


def forget_on_commit(key: str) -> None:
    """Have every process forget a cache key when the open transaction commits; at once where none is open."""
    transaction.on_commit(_Forget(key))


def is_changing(key: str) -> bool:
    """Whether the open transaction has changed this credential: a value that may yet be rolled back is not cached."""
    return any(hook[1] == _Forget(key) for hook in connection.run_on_commit)
