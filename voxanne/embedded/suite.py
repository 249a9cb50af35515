"""`bin/test`: the whole suite on services of its own, which are stopped afterwards if nobody else uses them.

The whole suite is shared out to a worker for each core and one more, with the sandbox's tests beside them. What is
asked for by path runs in one process, which starts quicker.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from voxanne.embedded.assets import ensure_assets
from voxanne.embedded.chromium import MISSING, find_chromium
from voxanne.embedded.console import SetUpFailed, complain, say
from voxanne.embedded.redis_pool import stop_idle_redis
from voxanne.embedded.services import find_postgres, start_postgres

ROOT = Path(__file__).resolve().parents[2]
NOTHING_COLLECTED = 5
# The sandbox knows nothing of Django: its tests run with a configuration of their own, without the services.
SANDBOX = ("-c", "sandbox/pytest.ini", "-p", "no:django")
# Browser tests and those that kill processes mostly wait; meanwhile one worker more than there are cores is at work.
# More would wait for the one PostgreSQL.
MOST_WORKERS = 4
# Who passes one of these wants to choose for themselves, or to watch a single process.
_ABOUT_PROCESSES = (
    "-n",
    "--numprocesses",
    "--dist",
    "-s",
    "--capture",
    "--pdb",
    "--trace",
    "--co",
    "--sw",
    "--stepwise",
)
# What one run sets for itself, and a process that passes compiled code on.
_NOT_PASSED_ON = {"VOXANNE_ENV", "VOXANNE_PROCESS", "PYTHONDONTWRITEBYTECODE"}


def split_arguments(arguments: list[str]) -> tuple[list[str] | None, list[str] | None]:
    """Which arguments go to the product's run and which to the sandbox's; None where a run is not wanted."""
    paths = [argument for argument in arguments if _is_path(argument)]
    options = [argument for argument in arguments if argument not in paths]
    if not paths:
        return options, [*options, "sandbox/tests"]
    ours = [path for path in paths if not path.startswith("sandbox")]
    theirs = [path for path in paths if path.startswith("sandbox")]
    return ([*options, *ours] if ours else None), ([*options, *theirs] if theirs else None)


def worker_options(arguments: list[str]) -> list[str]:
    """What shares the product's run out, when that is worth it: for the whole suite."""
    chosen = any(argument.startswith(_ABOUT_PROCESSES) for argument in arguments)
    if chosen or any(map(_is_path, arguments)):
        return []
    return ["-n", str(min((os.cpu_count() or 1) + 1, MOST_WORKERS)), "--dist", "loadfile"]


def _is_path(argument: str) -> bool:
    return not argument.startswith("-") and (ROOT / argument.split("::", 1)[0]).exists()


@contextmanager
def services(home: Path) -> Iterator[None]:
    """The embedded services of the tests. Those that ran already are left running.

    Raises:
        SetUpFailed: only one of the two addresses of another PostgreSQL is set.
    """
    if os.environ.get("DATABASE_URL") and not os.environ.get("DATABASE_SUPERUSER_URL"):
        raise SetUpFailed(
            "DATABASE_URL is set, so the tests would use that server, and they make roles and databases there:\n"
            "set DATABASE_SUPERUSER_URL too (and name the login voxanne_test in DATABASE_URL), or unset DATABASE_URL."
        )
    home.mkdir(parents=True, exist_ok=True)
    ran_before = find_postgres(home / "postgres")
    if not os.environ.get("DATABASE_SUPERUSER_URL"):
        start_postgres(home / "postgres", throwaway=True)
    try:
        yield
    finally:
        nobody_else = stop_idle_redis(home / "redis-servers")
        runs_now = find_postgres(home / "postgres")
        if runs_now and nobody_else and not ran_before:
            runs_now.stop()


def main() -> int:
    """Run what was asked for; 0 when everything that ran passed."""
    home = Path(os.environ.get("VOXANNE_TEST_HOME") or ROOT / ".voxanne" / "test")
    ours, theirs = split_arguments(sys.argv[1:])
    started = time.monotonic()
    try:
        ensure_assets()
        with services(home):
            codes = _run(ours, theirs)
    except SetUpFailed as failure:
        complain(str(failure))
        return 1
    if find_chromium() is None:
        say(f"Browser tests were skipped: {MISSING}.")
    say(f"Took {time.monotonic() - started:.0f} s.")
    return verdict(codes)


def verdict(codes: list[int]) -> int:
    """One exit code for several runs: the first failure; finding no test is one only when no run found any."""
    failed = [code for code in codes if code not in {0, NOTHING_COLLECTED}]
    if failed:
        return failed[0]
    return 0 if 0 in codes else NOTHING_COLLECTED


def _run(ours: list[str] | None, theirs: list[str] | None) -> list[int]:
    """The exit codes of the runs that are wanted."""
    workers = worker_options(ours or [])
    with tempfile.TemporaryFile() as heard:
        beside = _pytest([*SANDBOX, *theirs], heard) if theirs is not None and workers else None
        codes = [_pytest([*workers, *ours])()] if ours is not None else []
        if beside:
            codes.append(beside())
            heard.seek(0)
            say(heard.read().decode(errors="replace"))
        elif theirs is not None:
            codes.append(_pytest([*SANDBOX, *theirs])())
    return codes


def _pytest(arguments: list[str], output: IO[bytes] | None = None) -> Callable[[], int]:
    """Start a run; what is returned waits for its exit code."""
    environment = {name: value for name, value in os.environ.items() if name not in _NOT_PASSED_ON}
    command = [sys.executable, "-m", "pytest", "-rs", *arguments]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)

    def wait() -> int:
        try:
            return process.wait()
        except KeyboardInterrupt:
            process.wait()
            return 2

    return wait


if __name__ == "__main__":
    sys.exit(main())
