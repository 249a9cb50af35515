"""`bin/up` as a person meets it: everything answers, it runs once, and it leaves nothing running."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from voxanne.embedded.ports import free_base, is_free
from voxanne.embedded.up import ROOT, answers
from voxanne.embedded.waiting import wait_until_ended

pytestmark = pytest.mark.slow
OWN = {"VOXANNE_ENV", "VOXANNE_PROCESS", "DATABASE_URL", "DATABASE_SUPERUSER_URL", "REDIS_URL", "VOXANNE_HOME"}


class Installation:
    """One home under a temporary folder, driven through its commands."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = free_base()
        kept = {name: value for name, value in os.environ.items() if name not in OWN}
        self._environment = {**kept, "VOXANNE_HOME": str(home)}

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "voxanne.embedded.up", "--port", str(self.port), *arguments],
            cwd=ROOT, env=self._environment, capture_output=True, text=True, timeout=400, check=False,
        )  # fmt: skip

    def down(self) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "voxanne.embedded.background"],
            cwd=ROOT, env=self._environment, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip

    def said(self) -> str:
        """The last lines of every process's log."""
        logs = sorted((self.home / "logs").glob("*.log"))
        return "\n".join(f"{log.name}: {log.read_text()[-1000:]}" for log in logs)

    def processes(self) -> list[psutil.Process]:
        """The supervisor and all that it started."""
        state = json.loads((self.home / "up.json").read_text())
        pids = [state["pid"], *(int(pid) for pid in state["children"])]
        pids += [int((self.home / "redis" / "redis.pid").read_text())]
        pids += [int((self.home / "postgres" / "postmaster.pid").read_text().split()[0])]
        return [psutil.Process(pid) for pid in pids]


@pytest.fixture(scope="module")
def running() -> Iterator[Installation]:
    # Not under pytest's own folder: for root, PostgreSQL runs as another user, who may not enter it.
    home = Path(tempfile.mkdtemp(prefix="voxanne-up-"))
    installation = Installation(home)
    started = installation.run("--detach")
    assert started.returncode == 0, started.stderr
    assert f"http://127.0.0.1:{installation.port}" in started.stdout
    yield installation
    installation.down()
    shutil.rmtree(home)


def test_every_process_answers(running: Installation):
    addresses = ("/health", "/health/ready"), ("/health",), ("/health",), ("/sandbox/health",)
    wanted = [f"http://127.0.0.1:{running.port + step}{path}" for step, paths in enumerate(addresses) for path in paths]
    deadline = time.monotonic() + 60

    while not all(answers(address) for address in wanted) and time.monotonic() < deadline:
        time.sleep(0.2)

    assert [address for address in wanted if not answers(address)] == [], running.said()


def test_it_runs_once(running: Installation):
    again = running.run()

    assert again.returncode == 1
    assert "already running at" in again.stderr


def test_a_taken_port_is_named(running: Installation, tmp_path: Path):
    other = Installation(tmp_path / "other")
    other.port = running.port

    refused = other.run()

    assert refused.returncode == 1
    assert f"{running.port} (web)" in refused.stderr
    assert "bin/up --port" in refused.stderr


def test_production_is_refused(tmp_path: Path):
    installation = Installation(tmp_path)
    installation._environment["VOXANNE_ENV"] = "production"

    assert "docker-compose.yml" in installation.run().stderr


def test_a_killed_supervisor_is_cleared_up_and_down_leaves_nothing(running: Installation):
    before = running.processes()
    os.kill(before[0].pid, signal.SIGKILL)

    again = running.run("--detach")
    assert again.returncode == 0, again.stderr
    after = running.processes()
    stopped = running.down()

    assert stopped.returncode == 0, stopped.stderr
    assert wait_until_ended([*before, *after], timeout_s=5)
    assert is_free(running.port)
    assert "not running" in running.down().stdout
