"""Many processes, one directory: real processes that count, fork, and die by SIGKILL."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from voxanne.metrics.exposition import collect_machine
from voxanne.metrics.slots import is_alive

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = """
import os, time
from voxanne.metrics import counter, gauge
made, open_now = counter("made", "A trial."), gauge("open_now", "A trial.", over="each")
made.inc(10)
open_now.set(1)
{more}
print("ready", flush=True)
time.sleep(60)
"""
FORK = """
if os.fork() == 0:
    made.inc(5)
    print("child", flush=True)
    time.sleep(60)
time.sleep(0.5)
"""


@pytest.fixture
def start(tmp_path):
    running = []

    def start(kind="web", more=""):
        environment = {
            **os.environ,
            "PROMETHEUS_MULTIPROC_DIR": str(tmp_path),
            "VOXANNE_PROCESS": kind,
            "DJANGO_SETTINGS_MODULE": "voxanne.settings",
        }
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM.format(more=more)],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        running.append(process)
        while process.stdout.readline() != "ready\n":
            assert process.poll() is None
        return process

    yield start
    for process in running:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()


def told(directory, metric):
    """What a scrape tells, by the labels' values."""
    return {
        tuple(sample.labels.values()): sample.value
        for family in collect_machine(directory)
        if family.name == metric
        for sample in family.samples
    }


def total(directory):
    return sum(told(directory, "voxanne_made").values())


def test_processes_count_into_files_of_their_own_and_a_dead_ones_are_taken_over(start, tmp_path):
    first, _second, _worker = start(), start(), start("worker")
    assert {path.stem for path in tmp_path.glob("*.lock")} == {"web-0", "web-1", "worker-0"}
    assert told(tmp_path, "voxanne_made") == {("web",): 20, ("worker",): 10}
    assert told(tmp_path, "voxanne_open_now") == {("web", slot): 1 for slot in ("web-0", "web-1")} | {
        ("worker", "worker-0"): 1
    }

    first.kill()
    first.wait()
    assert total(tmp_path) == 30, "what a dead process counted still counts"
    assert set(told(tmp_path, "voxanne_open_now")) == {("web", "web-1"), ("worker", "worker-0")}, "not what it was"
    assert not is_alive(tmp_path, "web-0")
    assert is_alive(tmp_path, "web-1")

    start()
    (tmp_path / "counter_web-7.db").touch()  # another is starting: its file is there and empty
    assert total(tmp_path) == 40
    assert {path.stem for path in tmp_path.glob("*.lock")} == {"web-0", "web-1", "worker-0"}, "no file too many"
    assert is_alive(tmp_path, "web-0")


def test_a_forked_child_counts_apart_from_its_parent(start, tmp_path):
    process = start("worker", FORK)
    deadline = time.monotonic() + 10
    while total(tmp_path) != 15 and time.monotonic() < deadline:
        time.sleep(0.05)

    assert total(tmp_path) == 15
    assert {path.stem for path in tmp_path.glob("*.lock")} == {"worker-0", "worker-1"}
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert not is_alive(tmp_path, "worker-0"), "a child does not hold its parent's slot"
    assert is_alive(tmp_path, "worker-1")
