"""Give the test suite real services before Django reads its settings.

With `DATABASE_URL` and `REDIS_URL` unset it starts (or finds running) an embedded PostgreSQL and Redis under
`VOXANNE_TEST_HOME`. Every process has a database, a Redis and a folder of its own, so several runs, and several
workers of one run, may go on at once.
"""

import fcntl
import os
import shutil
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from voxanne.embedded.chromium import MISSING, find_chromium
from voxanne.embedded.database_copies import schema_digest
from voxanne.embedded.redis_pool import claim_redis
from voxanne.embedded.services import start_postgres
from voxanne.memory import set_aside_what_is_loaded

_ROOT = Path(__file__).resolve().parents[2]
# From before any model is imported: what is edited while the process starts makes another schema.
SCHEMA = schema_digest()
# Variables that the process which starts the workers chose for itself. A worker chooses its own.
_CHOSEN = "VOXANNE_TEST_CHOSEN"
_OF_ONE_PROCESS = ("DATABASE_SUPERUSER_URL", "DATABASE_URL", "REDIS_URL", "VOXANNE_HOME")


def prepare_environment() -> None:
    """Set what the settings read. What is set already stays, but that workers of one run share no database."""
    home = Path(os.environ.get("VOXANNE_TEST_HOME") or _ROOT / ".voxanne" / "test")
    home.mkdir(parents=True, exist_ok=True)
    os.environ["VOXANNE_ENV"] = "test"
    os.environ["VOXANNE_PROCESS"] = "test"
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    for name in os.environ.get(_CHOSEN, "").split() if worker else ():
        del os.environ[name]
    given = {name for name in _OF_ONE_PROCESS if name in os.environ}
    if worker:
        _keep_apart(int(worker.removeprefix("gw")))
    _start_services(home)
    os.environ.setdefault("SECRET_KEY", "test-" + "only-signing-key-" * 4)
    os.environ.setdefault("ENCRYPTION_KEY", "9b1d7c3e5fa2084b6d8e0f1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e")
    os.environ.setdefault("VAPI_PRIVATE_KEY", "sandbox-test-key")
    os.environ.setdefault("VAPI_WEBHOOK_SECRET", "platform-webhook-secret-for-tests-only")
    os.environ.setdefault("VOXANNE_HOME", tempfile.mkdtemp(prefix="voxanne-test-"))
    os.environ[_CHOSEN] = " ".join(name for name in _OF_ONE_PROCESS if name not in given)


def _start_services(home: Path) -> None:
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # of two that begin at once, the second finds them running
        if not os.environ.get("DATABASE_SUPERUSER_URL"):
            postgres = start_postgres(home / "postgres", throwaway=True)
            os.environ["DATABASE_SUPERUSER_URL"] = postgres.superuser_url
            os.environ["DATABASE_URL"] = postgres.url(login="voxanne_test", database=f"voxanne_{os.getpid()}")
        if not os.environ.get("REDIS_URL"):
            os.environ["REDIS_URL"] = claim_redis(home / "redis-servers")


def _keep_apart(number: int) -> None:
    """On a server that was named to us, a worker takes the database beside the one that was named."""
    if "DATABASE_URL" in os.environ:
        address, mark, query = os.environ["DATABASE_URL"].partition("?")
        os.environ["DATABASE_URL"] = f"{address}_gw{number}{mark}{query}"
    if "REDIS_URL" in os.environ:
        cache = urlsplit(os.environ["REDIS_URL"])
        index = int(cache.path.strip("/") or 0) + 1 + number
        os.environ["REDIS_URL"] = f"{cache.scheme}://{cache.netloc}/{index}"


def pytest_collection_finish() -> None:
    """Thousands of collected tests live as long as their process: nothing is gained by looking through them."""
    set_aside_what_is_loaded()


def pytest_unconfigure() -> None:
    """Leave no folder behind."""
    if "VOXANNE_HOME" in os.environ[_CHOSEN].split():
        shutil.rmtree(os.environ["VOXANNE_HOME"], ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip the browser tests, saying why, where there is no browser."""
    if find_chromium() is None:
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.skip(reason=MISSING))


prepare_environment()
