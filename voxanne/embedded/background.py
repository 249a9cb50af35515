"""`bin/up --detach` and `bin/down`: the supervisor without a terminal, and ending it."""

import os
import subprocess
import sys
import time
from pathlib import Path

from voxanne.embedded.console import SetUpFailed, complain, say
from voxanne.embedded.environment import home as find_home
from voxanne.embedded.instance import end_leftovers, find_supervisor, read_state
from voxanne.embedded.services import EmbeddedRedis, find_postgres, find_redis
from voxanne.embedded.waiting import wait_until_ended

_MARK = "VOXANNE_DETACHED"
START_WAIT_S = 600.0
STOP_WAIT_S = 40.0


def is_inside() -> bool:
    """Whether this is the detached supervisor itself."""
    return os.environ.get(_MARK) == "1"


def start(home: Path) -> int:
    """Start the supervisor in a session of its own and wait until it announces itself.

    Raises:
        SetUpFailed: it ended instead; its last words are in the message.
    """
    (home / "logs").mkdir(parents=True, exist_ok=True)
    log = home / "logs" / "up.log"
    with log.open("w") as output:
        supervisor = subprocess.Popen(
            [sys.executable, "-m", "voxanne.embedded.up", *sys.argv[1:]],
            env={**os.environ, _MARK: "1"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    deadline = time.monotonic() + START_WAIT_S
    while time.monotonic() < deadline:
        state = read_state(home)
        if state and state.pid == supervisor.pid and state.status == "running":
            say("\n".join(state.announcement))
            return 0
        if supervisor.poll() is not None:
            raise SetUpFailed(log.read_text().strip() or "bin/up ended at once.")
        time.sleep(0.05)
    raise SetUpFailed(f"bin/up is still starting after {START_WAIT_S:.0f} s; see {log}.")


def stop(home: Path) -> int:
    """End the supervisor of this home and whatever a killed one left; the exit code."""
    supervisor = find_supervisor(read_state(home))
    if supervisor is None:
        ended = end_leftovers(home) + stop_services(home)
        (home / "up.json").unlink(missing_ok=True)
        say("Stopped what an interrupted bin/up had left running." if ended else "Voxanne is not running.")
        return 0
    supervisor.terminate()
    if not wait_until_ended([supervisor], timeout_s=STOP_WAIT_S):
        complain(f"bin/up (pid {supervisor.pid}) has not stopped after {STOP_WAIT_S:.0f} s.")
        return 1
    stop_services(home)  # in case it ended before it came to them
    say("Stopped.")
    return 0


def stop_services(home: Path) -> int:
    """Stop the embedded services of this home if they run; how many did."""
    redis: EmbeddedRedis | None = find_redis(home / "redis")
    postgres = find_postgres(home / "postgres")
    for service in (redis, postgres):
        if service:
            service.stop()
    return sum(service is not None for service in (redis, postgres))


if __name__ == "__main__":
    sys.exit(stop(find_home()))
