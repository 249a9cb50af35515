"""A parallel run keeps files and groups together, and lets nothing go on beside a test that measures time."""

import fcntl
import json
import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from voxanne.embedded.sharing_out import take_turn

ROOT = Path(__file__).resolve().parents[3]
PATIENCE_S = 10.0

PLUGIN = """
import json, os, time
import pytest

@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    began = time.monotonic()
    time.sleep(0.05)
    result = yield
    with open(os.environ["DIARY"], "a") as diary:
        entry = {"test": item.nodeid, "worker": os.environ["PYTEST_XDIST_WORKER"], "span": [began, time.monotonic()]}
        diary.write(json.dumps(entry) + "\\n")
    return result
"""
FILE = """
import pytest

@pytest.mark.parametrize("number", range(4))
def test_together(number): pass
"""
MEASURING = """
import pytest

def test_beside(): pass

@pytest.mark.serial
def test_alone(): pass
"""


SLOW = """
import pytest

@pytest.mark.slow
@pytest.mark.parametrize("number", range(4))
def test_slowly(number): pass
"""


def test_a_parallel_run(tmp_path: Path):
    files = {"tests/e2e/test_a.py": FILE, "tests/e2e/test_b.py": FILE, "test_c.py": FILE, "test_d.py": FILE}
    entries = _run(tmp_path, {**files, "test_0.py": MEASURING, "test_1.py": MEASURING})

    assert len(entries) == 20
    for unit in ("tests/e2e/", "test_c.py", "test_d.py"):
        assert len({entry["worker"] for entry in entries if entry["test"].startswith(unit)}) == 1
    beside = [(one, other) for one in entries for other in entries if one is not other and _overlap(one, other)]
    assert beside, "nothing ran in parallel"
    assert not [one["test"] for one, _ in beside if "test_alone" in one["test"]]
    last = sorted(entries, key=lambda entry: entry["span"][1])[-2:]
    assert all(entry["test"].startswith(("test_0.py", "test_1.py")) for entry in last)


def test_what_kills_processes_is_next_when_the_browser_tests_are_over(tmp_path: Path):
    others = {f"test_{letter}.py": FILE for letter in "abcdefgh"}

    entries = _run(tmp_path, {"tests/e2e/test_page.py": SLOW, "tests/reliability/test_death.py": SLOW, **others})

    assert len(entries) == 40
    browser, killing = (
        [entry["span"] for entry in entries if entry["test"].startswith(folder)]
        for folder in ("tests/e2e/", "tests/reliability/")
    )
    assert max(end for _, end in browser) <= min(start for start, _ in killing)
    assert max(end for _, end in killing) < max(entry["span"][1] for entry in entries)


def _run(folder: Path, files: dict[str, str]) -> list[dict[str, Any]]:
    """Run these files in two workers: who ran what and when."""
    own_files = {"conftest.py": PLUGIN, "pytest.ini": "[pytest]\nmarkers =\n    serial\n    slow\n"}
    for name, text in {**files, **own_files}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    diary = folder / "diary"
    own = {"PYTHONPATH": str(ROOT), "VOXANNE_HOME": str(folder), "DIARY": str(diary)}
    environment = {**os.environ, **own, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "xdist", "-p", "voxanne.embedded.sharing_out",
         "-n", "2", "--dist", "loadfile"],
        cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return [json.loads(line) for line in diary.read_text().splitlines()]


def _overlap(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return bool(one["span"][0] < other["span"][1] and other["span"][0] < one["span"][1])


def test_only_those_who_share_are_in_the_room_together(tmp_path: Path):
    together = threading.Barrier(2, timeout=PATIENCE_S)

    def share(_: int) -> None:
        with take_turn(tmp_path, alone=False):
            together.wait()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(share, range(2)))


def test_who_wants_to_be_alone_waits_for_the_others_and_is_not_overtaken(tmp_path: Path):
    order: list[str] = []
    inside, leave = threading.Event(), threading.Event()

    def enter(name: str, *, alone: bool) -> None:
        with take_turn(tmp_path, alone=alone):
            if name == "first":
                inside.set()
                assert leave.wait(PATIENCE_S)
            order.append(name)

    with ThreadPoolExecutor(3) as pool:
        running = [pool.submit(enter, "first", alone=False)]
        assert inside.wait(PATIENCE_S)
        running.append(pool.submit(enter, "alone", alone=True))
        _wait_until_somebody_queues(tmp_path)
        running.append(pool.submit(enter, "later", alone=False))
        time.sleep(0.05)
        leave.set()
        for each in running:
            each.result(PATIENCE_S)

    assert order == ["first", "alone", "later"]


def _wait_until_somebody_queues(folder: Path) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        with (folder / "queue").open("w") as queue:
            try:
                fcntl.flock(queue, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
        time.sleep(0.005)
    raise AssertionError("nobody queues")
