"""One installation runs once: the lock, what is known about the running one, and clearing up after a killed one."""

import fcntl
import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO

import psutil

from voxanne.embedded.console import SetUpFailed
from voxanne.embedded.waiting import is_alive, wait_until_ended


@dataclass
class State:
    """What `up.json` says about the running supervisor: its identity, its address, its children's."""

    pid: int
    created: float
    status: str = "starting"
    address: str = ""
    announcement: list[str] = field(default_factory=list)
    children: dict[int, float] = field(default_factory=dict)


class Instance:
    """The supervisor's own record of itself."""

    def __init__(self, home: Path, lock: IO[str]) -> None:
        self._file = home / "up.json"
        self._lock = lock
        self.state = State(pid=os.getpid(), created=psutil.Process().create_time())

    def save(self, **changes: object) -> None:
        """Change what others can read."""
        for name, value in changes.items():
            setattr(self.state, name, value)
        draft = self._file.with_suffix(".new")
        draft.write_text(json.dumps(asdict(self.state)))
        draft.replace(self._file)

    def remember_children(self, pids: list[int]) -> None:
        """Note the children with their start times, so that a recycled pid is never mistaken for one."""
        known = {}
        for pid in pids:
            with suppress(psutil.NoSuchProcess):
                known[pid] = psutil.Process(pid).create_time()
        self.save(children=known)


def read_state(home: Path) -> State | None:
    """What the last supervisor wrote, or None."""
    try:
        raw = json.loads((home / "up.json").read_text())
    except (FileNotFoundError, ValueError):
        return None
    raw["children"] = {int(pid): created for pid, created in raw["children"].items()}
    return State(**raw)


def find_supervisor(state: State | None) -> psutil.Process | None:
    """The running supervisor that wrote the state, or None when it is gone."""
    return _find_process(state.pid, state.created) if state else None


def _find_process(pid: int, created: float) -> psutil.Process | None:
    try:
        process = psutil.Process(pid)
        same = abs(process.create_time() - created) < 1
    except psutil.NoSuchProcess:
        return None
    return process if same and is_alive(process) else None


@contextmanager
def claim(home: Path) -> Iterator[Instance]:
    """Be the only supervisor of this home.

    Raises:
        SetUpFailed: another one runs; says where.
    """
    home.mkdir(parents=True, exist_ok=True)
    with (home / "up.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            state = read_state(home)
            where = f" at {state.address}" if state and state.address else ""
            raise SetUpFailed(f"Voxanne is already running{where} (data in {home}). `bin/down` stops it.") from None
        end_leftovers(home)
        instance = Instance(home, lock)
        instance.save()
        yield instance
        (home / "up.json").unlink(missing_ok=True)


def end_leftovers(home: Path) -> int:
    """End children that a killed supervisor left behind; how many. Only processes that it wrote down itself."""
    state = read_state(home)
    left = [_find_process(pid, created) for pid, created in state.children.items()] if state else []
    leaders = [process for process in left if process]
    family = [member for leader in leaders for member in _family(leader)]
    for leader in leaders:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(leader.pid, signal.SIGKILL)
    wait_until_ended(family, timeout_s=5)
    return len(leaders)


def _family(leader: psutil.Process) -> list[psutil.Process]:
    """The process and its children: they hold its port too."""
    try:
        return [leader, *leader.children(recursive=True)]
    except psutil.NoSuchProcess:
        return [leader]
