"""`bin/test`: the whole suite on services of its own, which are stopped afterwards if they were started here."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from voxanne.embedded.assets import ensure_assets
from voxanne.embedded.chromium import MISSING, find_chromium
from voxanne.embedded.console import SetUpFailed, complain, say
from voxanne.embedded.services import find_postgres, find_redis, start_postgres

ROOT = Path(__file__).resolve().parents[2]
NOTHING_COLLECTED = 5
# The sandbox knows nothing of Django: its tests run with a configuration of their own, without the services.
SANDBOX = ("-c", "sandbox/pytest.ini", "-p", "no:django")


def split_arguments(arguments: list[str]) -> tuple[list[str] | None, list[str] | None]:
    """Which arguments go to the product's run and which to the sandbox's; None where a run is not wanted."""
    paths = [argument for argument in arguments if _is_path(argument)]
    options = [argument for argument in arguments if argument not in paths]
    if not paths:
        return options, [*options, "sandbox/tests"]
    ours = [path for path in paths if not path.startswith("sandbox")]
    theirs = [path for path in paths if path.startswith("sandbox")]
    return ([*options, *ours] if ours else None), ([*options, *theirs] if theirs else None)


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
    ran_before = find_postgres(home / "postgres"), find_redis(home / "redis")
    if not os.environ.get("DATABASE_SUPERUSER_URL"):
        start_postgres(home / "postgres", throwaway=True)
    try:
        yield
    finally:
        runs_now = find_postgres(home / "postgres"), find_redis(home / "redis")
        for before, now in zip(ran_before, runs_now, strict=True):
            if now and not before:
                now.stop()


def main() -> int:
    """Run what was asked for; 0 when everything that ran passed."""
    home = Path(os.environ.get("VOXANNE_TEST_HOME") or ROOT / ".voxanne" / "test")
    ours, theirs = split_arguments(sys.argv[1:])
    started = time.monotonic()
    try:
        ensure_assets()
        with services(home):
            codes = [_pytest(arguments) for arguments in (ours, _for_sandbox(theirs)) if arguments is not None]
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


def _for_sandbox(arguments: list[str] | None) -> list[str] | None:
    return None if arguments is None else [*SANDBOX, *arguments]


def _pytest(arguments: list[str]) -> int:
    environment = {name: value for name, value in os.environ.items() if name not in {"VOXANNE_ENV", "VOXANNE_PROCESS"}}
    try:
        return subprocess.run(
            [sys.executable, "-m", "pytest", "-rs", *arguments], cwd=ROOT, env=environment, check=False
        ).returncode
    except KeyboardInterrupt:
        return 2


if __name__ == "__main__":
    sys.exit(main())
