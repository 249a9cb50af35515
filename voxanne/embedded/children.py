"""The processes that `bin/up` starts: each in a group of its own, its output to a log, started again when it dies."""

import os
import signal
import subprocess
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from voxanne.embedded.console import say

STOP_WAIT_S = 10.0
LONGEST_PAUSE_S = 30.0
STEADY_AFTER_S = 60.0
LOG_BYTES = 10 * 1024 * 1024


@dataclass(frozen=True)
class Command:
    """How one process is started. `address` is where it answers when it is up, empty where it has none."""

    name: str
    arguments: tuple[str, ...]
    environment: dict[str, str] = field(repr=False)
    address: str = ""


class Child:
    """One running process and its log."""

    def __init__(self, command: Command, *, logs: Path, cwd: Path, echo: bool) -> None:
        self.command = command
        self._log = logs / f"{command.name}.log"
        self._cwd = cwd
        self._echo = echo
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._failures = 0
        self._start_again_at: float | None = None

    @property
    def pid(self) -> int | None:
        """Its process id, which is its group's id too; None while it is not running."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start it, in a session of its own, so that Ctrl-C reaches only the supervisor."""
        self._start_again_at = None
        self._started_at = time.monotonic()
        self._process = subprocess.Popen(
            self.command.arguments,
            cwd=self._cwd,
            env=self.command.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        assert self._process.stdout
        threading.Thread(target=self._pump, args=(self._process.stdout,), daemon=True).start()

    def has_ended(self) -> bool:
        """Whether the process that was started is gone."""
        return self._process is not None and self._process.poll() is not None

    def look_after(self) -> bool:
        """Start it again when it has died and its pause is over; whether it was started now."""
        if self._start_again_at is not None:
            if time.monotonic() < self._start_again_at:
                return False
            self.start()
            return True
        if self.has_ended():
            self._plan_restart()
        return False

    def ask_to_stop(self) -> None:
        """Let it finish what it is doing."""
        self._signal(signal.SIGTERM, group=False)

    def stop(self, *, deadline: float) -> None:
        """Wait until the deadline (monotonic seconds), then end whatever is left of its group."""
        if self._process is None:
            return
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(max(0.0, deadline - time.monotonic()))
        self._signal(signal.SIGKILL, group=True)
        self._process.wait()

    def _plan_restart(self) -> None:
        assert self._process
        code = self._process.returncode
        self._signal(signal.SIGKILL, group=True)
        self._process = None
        steady = time.monotonic() - self._started_at > STEADY_AFTER_S
        self._failures = 1 if steady else self._failures + 1
        pause = min(2.0 ** (self._failures - 1), LONGEST_PAUSE_S)
        self._start_again_at = time.monotonic() + pause
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        say(f"{self.command.name} stopped ({how}); starting it again in {pause:.0f} s. Its log: {self._log}")

    def _signal(self, number: int, *, group: bool) -> None:
        if self._process is None:
            return
        with suppress(ProcessLookupError, PermissionError):
            if group:
                os.killpg(self._process.pid, number)
            elif self._process.poll() is None:
                self._process.send_signal(number)

    def _pump(self, output: IO[bytes]) -> None:
        """Pass each line on, until the process and all of its children have closed their end."""
        log = self._log.open("ab")
        with output:
            for line in output:
                if log.tell() > LOG_BYTES:
                    log.close()
                    self._log.replace(self._log.with_suffix(".log.1"))
                    log = self._log.open("ab")
                log.write(line)
                log.flush()
                if self._echo:
                    say(f"{self.command.name:<8}| {line.decode(errors='replace').rstrip()}")
        log.close()


def stop_all(children: list[Child]) -> None:
    """Stop all at once, within `STOP_WAIT_S`."""
    for child in children:
        child.ask_to_stop()
    deadline = time.monotonic() + STOP_WAIT_S
    for child in children:
        child.stop(deadline=deadline)
