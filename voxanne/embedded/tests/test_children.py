"""Processes that are looked after: output, restarts with pauses, and nothing left behind."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from voxanne.embedded.children import Child, Command, stop_all
from voxanne.embedded.waiting import wait_until_ended

SLEEPS = "import time; print('ready', flush=True); time.sleep(60)"
DIES = "import sys; print('last words', flush=True); sys.exit(3)"
HAS_A_CHILD = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); "
IGNORES = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + SLEEPS


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[str], Child]]:
    children: list[Child] = []

    def begin(code: str) -> Child:
        command = Command("thing", (sys.executable, "-c", code), dict(os.environ))
        child = Child(command, logs=tmp_path, cwd=tmp_path, echo=False)
        children.append(child)
        child.start()
        return child

    yield begin
    for child in children:
        child.stop(deadline=0)


def _wait(condition: Callable[[], bool], timeout_s: float = 10) -> bool:
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.01)
    return False


def _log(folder: Path) -> str:
    log = folder / "thing.log"
    return log.read_text() if log.exists() else ""


def test_output_goes_to_the_log(start: Callable[[str], Child], tmp_path: Path):
    start(SLEEPS)

    assert _wait(lambda: "ready" in _log(tmp_path))


def test_a_dead_one_is_started_again_after_a_pause_and_said(
    start: Callable[[str], Child], capsys: pytest.CaptureFixture[str]
):
    child = start(DIES)
    assert _wait(child.has_ended)

    assert not child.look_after()
    assert "thing stopped (exit code 3); starting it again in 1 s" in capsys.readouterr().out
    assert not child.look_after()
    assert _wait(child.look_after, 5)


def test_the_pauses_grow(start: Callable[[str], Child], capsys: pytest.CaptureFixture[str]):
    child = start(DIES)
    for _ in range(2):
        assert _wait(child.has_ended)
        _wait(child.look_after, 3)

    _wait(child.has_ended)
    child.look_after()

    said = capsys.readouterr().out
    assert "in 1 s" in said
    assert "in 2 s" in said


def test_stopping_ends_its_children_too(start: Callable[[str], Child], tmp_path: Path):
    child = start(HAS_A_CHILD + SLEEPS)
    assert _wait(lambda: "ready" in _log(tmp_path))
    assert child.pid
    family = [psutil.Process(child.pid), *psutil.Process(child.pid).children()]
    assert len(family) == 2

    stop_all([child])

    assert wait_until_ended(family, timeout_s=2)


def test_one_that_will_not_stop_is_ended(start: Callable[[str], Child], tmp_path: Path):
    child = start(IGNORES)
    assert _wait(lambda: "ready" in _log(tmp_path))

    child.ask_to_stop()
    child.stop(deadline=time.monotonic() + 0.2)

    assert child.has_ended()


def test_a_killed_one_names_the_signal(start: Callable[[str], Child], capsys: pytest.CaptureFixture[str]):
    child = start(SLEEPS)
    assert child.pid
    os.kill(child.pid, signal.SIGKILL)
    assert _wait(child.has_ended)

    child.look_after()

    assert "signal 9" in capsys.readouterr().out
