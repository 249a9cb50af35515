"""A whole installation of its own for the browser tests: every process, a fresh database, free ports.

Its database is a copy of the tests' migrated one: `voxanne/embedded/tests/test_up.py` starts from nothing.
"""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psutil

from voxanne.embedded.database_copies import drop_test_database, make_test_database
from voxanne.embedded.ports import free_base
from voxanne.embedded.pytest_plugin import SCHEMA

ROOT = Path(__file__).resolve().parents[2]
START_WAIT_S = 240
STOP_WAIT_S = 30
# What the surrounding test run set for itself; the stack finds its own.
_OURS = ("DATABASE_", "REDIS_", "VAPI_", "TWILIO_", "RESEND_", "VOXANNE_", "DJANGO_", "SECRET_KEY", "ENCRYPTION_KEY")
_MARKS = {"live": "voxanne.asgi", "worker": " worker "}


@dataclass(frozen=True)
class Stack:
    """The running installation."""

    home: Path
    url: str
    sandbox_url: str
    process: psutil.Process
    database: dict[str, str] = field(default_factory=dict)

    def kill(self, name: str) -> None:
        """End one of its processes, "live" or "worker", with all its children and without warning."""
        victim = self._find(name)
        for process in [*victim.children(recursive=True), victim]:
            process.kill()
        victim.wait(5)

    def wait_for_process(self, name: str, *, not_pid: int) -> None:
        wait_until(lambda: self._find(name).pid != not_pid, what=f"a new {name} process")

    def pid(self, name: str) -> int:
        return self._find(name).pid

    def _find(self, name: str) -> psutil.Process:
        found = [child for child in self.process.children() if _MARKS[name] in " ".join(_command(child))]
        if not found:
            raise AssertionError(f"no {name} process runs")
        return found[0]

    def run(self, module: str) -> str:
        """Run a module beside the stack; what it prints."""
        done = subprocess.run(
            [sys.executable, "-m", module],
            cwd=ROOT, env=_environment(self.home, self.database), capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout


def start(home: Path) -> Stack:
    """Start everything and wait until each process answers."""
    base, database = free_base(), _copy_database()
    with (home / "up.log").open("w") as log:
        process = psutil.Popen(
            [sys.executable, "-m", "voxanne.embedded.up", "--port", str(base), "--no-demo"],
            cwd=ROOT, env=_environment(home, database), stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    stack = Stack(home, f"http://127.0.0.1:{base}", f"http://127.0.0.1:{base + 3}", process, database)
    try:
        live = f"http://127.0.0.1:{base + 1}/health"
        for address in (f"{stack.url}/health", f"{stack.sandbox_url}/sandbox/health", live):
            wait_until(lambda address=address: _answers(address, process), what=address, timeout_s=START_WAIT_S)
    except AssertionError as failure:
        stop(stack)
        raise AssertionError(f"{failure}\n{(home / 'up.log').read_text()[-3000:]}") from None
    return stack


def stop(stack: Stack) -> None:
    """Stop it as Ctrl-C does; what stays is killed."""
    if stack.process.is_running():
        stack.process.send_signal(signal.SIGINT)
        try:
            stack.process.wait(STOP_WAIT_S)
        except psutil.TimeoutExpired:
            for child in [*stack.process.children(recursive=True), stack.process]:
                child.kill()
    if stack.database:
        drop_test_database(os.environ["DATABASE_SUPERUSER_URL"], name=_database_name())


def wait_until(condition: Callable[[], object], *, what: str, timeout_s: float = 15) -> None:
    """Ask again and again; fail naming what did not come."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        try:
            if condition():
                return
        except (AssertionError, psutil.Error):
            pass
        time.sleep(0.1)
    raise AssertionError(f"waited {timeout_s:.0f} s for {what}")


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def _environment(home: Path, database: dict[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    # A killed worker's event is taken over once its lease has run out: two seconds here, so that nobody waits for it.
    return {**kept, **database, "VOXANNE_HOME": str(home), "WEBHOOK_LEASE_S": "2"}


def _copy_database() -> dict[str, str]:
    """Where a migrated database is, on the tests' server. Empty, and so its own, where that is no embedded one."""
    superuser_url = os.environ["DATABASE_SUPERUSER_URL"]
    folder = parse_qs(urlsplit(superuser_url).query).get("host", [""])[0]
    if not folder.startswith("/"):
        return {}
    make_test_database(superuser_url, name=_database_name(), digest=SCHEMA, migrate=_nothing_to_copy)
    address = f"postgresql://voxanne_web@/{_database_name()}?host={folder}"
    return {"DATABASE_URL": address, "DATABASE_PREPARE_THRESHOLD": "5"}


def _database_name() -> str:
    return f"test_voxanne_stack_{os.getpid()}"


def _nothing_to_copy() -> None:
    raise AssertionError("the schema was edited while these tests ran: run them again")


def _answers(address: str, process: psutil.Process) -> bool:
    if process.poll() is not None:
        raise AssertionError("the stack ended")
    try:
        with _open(address) as response:
            return response.status == 200
    except (urllib.error.URLError, OSError):
        return False


def _open(address: str) -> Any:
    return urllib.request.build_opener(urllib.request.ProxyHandler({})).open(address, timeout=5)
