"""`python -m bench [name …] [--quick] [--json FILE]`: run all benchmarks or some, print a table."""

import argparse
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil

from bench import (
    acknowledgement,
    cache,
    contention,
    counting,
    knowledge,
    knowledge_quality,
    look_ups,
    managed_numbers,
    matching,
    pages,
    questions,
    reading,
    routing,
    syncing,
    tools,
)
from bench.clinic import Clinic, open_clinic
from bench.figures import Figure, table, write_json
from bench.stack import Stack, running_stack

Benchmark = Callable[..., Iterator[Figure]]
BENCHMARKS: dict[str, Benchmark] = {
    "throughput": acknowledgement.throughput,
    "latency": acknowledgement.latency,
    "working-off": acknowledgement.working_off,
    "tools": tools.tools,
    "routing": routing.routing,
    "look-ups": look_ups.look_ups,
    "cache": cache.cache,
    "counting": counting.counting,
    "matching": matching.matching,
    "bookings": contention.bookings,
    "same-report": contention.same_report,
    "knowledge-quality": knowledge_quality.knowledge_quality,
    "sync": syncing.syncing,
    "pages": pages.pages,
    "knowledge": knowledge.knowledge,
    "managed-numbers": managed_numbers.managed_numbers,
    "questions": questions.questions,
    "reading": reading.reading,
}


def main() -> int:
    """Run what was asked for; 1 when an aim was missed."""
    parser = argparse.ArgumentParser(prog="bin/bench", description="Measure on a stack of its own, in one run.")
    parser.add_argument("names", nargs="*", metavar="name", help=f"some of: {', '.join(BENCHMARKS)}; all by default")
    parser.add_argument("--quick", action="store_true", help="fewer rounds: whether it works rather than how fast")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures there")
    typed = parser.parse_args()
    if unknown := set(typed.names) - BENCHMARKS.keys():
        parser.error(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}")
    chosen = typed.names or list(BENCHMARKS)
    say(f"Starting PostgreSQL, Redis and the web server for: {', '.join(chosen)} …")
    with running_stack() as stack:
        figures = run(stack, open_clinic(stack), chosen, quick=typed.quick)
    say(f"\n{table(figures)}\n")
    if typed.json:
        write_json(typed.json, figures, machine=machine())
    return 1 if any(figure.met is False for figure in figures) else 0


def run(stack: Stack, clinic: Clinic, names: list[str], *, quick: bool) -> list[Figure]:
    """The figures of these benchmarks, in order."""
    figures: list[Figure] = []
    for name in names:
        started = time.monotonic()
        for figure in BENCHMARKS[name](stack, clinic, quick=quick):
            say(f"  {figure.name}: {figure.value}")
            figures.append(figure)
        say(f"{name}: {time.monotonic() - started:.0f} s, load average {os.getloadavg()[0]:.1f}")
    return figures


def machine() -> dict[str, str]:
    """What the figures were measured on."""
    commit = subprocess.run(
        ("git", "rev-parse", "--short", "HEAD"),  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )
    return {
        "cores": str(psutil.cpu_count()),
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GB",
        "system": platform.platform(),
        "python": platform.python_version(),
        "load": f"{os.getloadavg()[0]:.1f}",
        "commit": commit.stdout.strip(),
    }


def say(text: str) -> None:
    """One line to whoever watches."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
