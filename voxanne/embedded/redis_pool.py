"""A Redis for each process of a test run.

Clients, subscriptions and `FLUSHALL` reach across the databases of one server, so each process has a server of its own.
They are kept for the next run; a lock that ends with its process says which are in use.
"""

import fcntl
import os
import socket
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from voxanne.embedded.console import SetUpFailed
from voxanne.embedded.ports import free_port
from voxanne.embedded.services import find_redis, start_redis

_held: list[int] = []  # file descriptors: open, and so locked, until the process ends


def claim_redis(pool: Path) -> str:
    """The address of an empty server that no other living process has claimed."""
    for place in (pool / str(number) for number in count()):
        place.mkdir(parents=True, exist_ok=True)
        lock = _try_lock(place)
        if lock is not None:
            _held.append(lock)
            return _start_empty(place)
    raise AssertionError  # there is always one more


def stop_idle_redis(pool: Path) -> bool:
    """Stop the servers that no living process has claimed; whether that was all of them."""
    busy = 0
    for place in _places(pool):
        lock = _try_lock(place)
        if lock is None:
            busy += 1
            continue
        if server := find_redis(place):
            server.stop()
        os.close(lock)
    return not busy


def _places(pool: Path) -> Iterator[Path]:
    yield from (path for path in pool.glob("*") if path.is_dir())


def _try_lock(place: Path) -> int | None:
    lock = os.open(place / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    return lock


def _start_empty(place: Path) -> str:
    kept = place / "port"
    if not (kept.exists() and find_redis(place)):  # a port kept from last time may be another program's now
        kept.write_text(str(free_port()))
    port = int(kept.read_text())
    server = start_redis(place, port=port)
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(b"FLUSHALL\r\n")
        if not connection.recv(16).startswith(b"+OK"):
            raise SetUpFailed(f"The tests' Redis on port {port} could not be emptied; see {place / 'redis.log'}.")
    return server.url
