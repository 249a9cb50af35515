"""Which files of the shared directory are this process's: a slot such as `web-0`, held by a lock while it lives.

Not the process id: containers that share the directory count their ids separately, and files by id would pile up with
every worker that comes and goes. The kernel gives a dead process's slot back, and whoever takes it counts on from
there: a sum over all slots never falls, and there are never more files than processes at the busiest moment.
"""

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

MOST_SLOTS = 1000


class Slots:
    """The slots of one directory, as seen by one kind of process."""

    def __init__(self, directory: Path, *, kind: str) -> None:
        self._directory = directory
        self._kind = kind
        self._pid = 0
        self._slot = ""
        self._lock: int | None = None

    def own(self) -> str:
        """The name of this process's slot, taken on first use. A forked child gets one of its own."""
        if self._pid != os.getpid():
            self._take()
        return self._slot

    def _take(self) -> None:
        if self._lock is not None:  # the parent's, which keeps it
            os.close(self._lock)
        self._directory.mkdir(parents=True, exist_ok=True)
        self._slot, self._lock = next(self._free())
        self._pid = os.getpid()
        for left_behind in self._directory.glob(f"gauge_live*_{self._slot}.db"):
            left_behind.unlink(missing_ok=True)

    def _free(self) -> Iterator[tuple[str, int]]:
        for number in range(MOST_SLOTS):
            slot = f"{self._kind}-{number}"
            if (lock := _try_lock(self._directory / f"{slot}.lock", fcntl.LOCK_EX)) is not None:
                yield slot, lock
        raise RuntimeError(f"{self._directory} has {MOST_SLOTS} slots of {self._kind} in use")


def is_alive(directory: Path, slot: str) -> bool:
    """Whether a process holds the slot."""
    lock = _try_lock(directory / f"{slot}.lock", fcntl.LOCK_SH)
    if lock is None:
        return True
    os.close(lock)
    return False


def _try_lock(path: Path, how: int) -> int | None:
    """The locked file, or None when another process has it."""
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, how | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        return None
    return file
