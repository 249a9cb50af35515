"""A worker that is killed in the midst of its work: a process of its own, forked from the test."""

import os
from collections.abc import Callable

from django.db import connections

from voxanne import failpoints

KILLED = 137
_kept = []


def die_at(point: str, work: Callable[[], object], *, passage: int = 1) -> bool:
    """Do the work in another process that dies at a point; whether it came that far."""
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            _open_own_connections()
            failpoints._wanted, failpoints._hit, failpoints._passages = point, str(passage), 0
            work()
            status = 0
        finally:
            os._exit(status)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    assert code in {0, KILLED}, f"the worker failed by itself: {code}"
    return code == KILLED


def _open_own_connections() -> None:
    """The database's connection is the parent's: closing it would end it there too, so it is only put aside."""
    for wrapper in connections.all(initialized_only=True):
        _kept.append(wrapper.connection)
        wrapper.connection = None
