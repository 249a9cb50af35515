"""A process of the product on the tests' database, which may die at a failpoint."""

import atexit
import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
KILLED = 137

_running: dict[str, "subprocess.Popen[str]"] = {}


def run(module: str, *arguments: str, dying_at: str = "", **environment: str) -> int:
    """Run `tests.reliability.<module>` as a worker process of its own; its exit code, which is 0 or `KILLED`.

    Args:
        dying_at: a failpoint and its passage, "message.posted:2".
        environment: what it has beside the variables of this process.
    """
    with TemporaryDirectory() as folder:
        said = Path(folder) / "said"
        said.touch()
        process = _starter(environment)
        process.stdin.write(json.dumps([f"tests.reliability.{module}", arguments, dying_at, str(said)]) + "\n")
        process.stdin.flush()
        code = int(process.stdout.readline())
        assert code in {0, KILLED}, said.read_text()
    return code


def _starter(environment: dict[str, str]) -> "subprocess.Popen[str]":
    """What forks processes of this environment. It ends when our end of its input does."""
    address = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    own = {"VOXANNE_PROCESS": "worker", "DATABASE_URL": address, "LOG_LEVEL": "ERROR", **environment}
    key = json.dumps(own, sort_keys=True)
    if key not in _running:
        _stop_all()
        _running[key] = subprocess.Popen(
            [sys.executable, "-m", "tests.reliability.forked"],
            cwd=ROOT, env={**os.environ, **own}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
    return _running[key]


@atexit.register
def _stop_all() -> None:
    while _running:
        _, process = _running.popitem()
        process.stdin.close()
        process.stdout.close()
        process.wait(10)
