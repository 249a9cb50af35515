"""Many processes, one directory: real processes that count, fork, and die by SIGKILL."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from prometheus_client.multiprocess import MultiProcessCollector

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


def total(directory, metric="voxanne_made"):
    merged = {m.name: m for m in MultiProcessCollector.merge([str(path) for path in directory.glob("*.db")])}
    return sum(sample.value for sample in merged[metric].samples)


def test_processes_count_into_files_of_their_own_and_a_dead_ones_are_taken_over(start, tmp_path):
    first, _second, _worker = start(), start(), start("worker")
    assert {path.stem for path in tmp_path.glob("*.lock")} == {"web-0", "web-1", "worker-0"}
    assert total(tmp_path) == 30

    first.kill()
    first.wait()
    assert total(tmp_path) == 30, "what a dead process counted still counts"
    assert not is_alive(tmp_path, "web-0")
    assert is_alive(tmp_path, "web-1")

    start()
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
