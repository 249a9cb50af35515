"""Give the test suite real services before Django reads its settings.

With `DATABASE_URL` and `REDIS_URL` unset it starts (or finds running) an embedded PostgreSQL and Redis under
`VOXANNE_TEST_HOME`. Every run has a database of its own, so several may run at once.
"""

import os
import tempfile
from pathlib import Path

import pytest

from voxanne.embedded.chromium import MISSING, find_chromium
from voxanne.embedded.database_copies import schema_digest
from voxanne.embedded.ports import free_port
from voxanne.embedded.services import find_redis, start_postgres, start_redis

_ROOT = Path(__file__).resolve().parents[2]
# From before any model is imported: what is edited while the process starts makes another schema.
SCHEMA = schema_digest()


def _redis_port(home: Path) -> int:
    """The port of the server that runs already, else a free one: a port kept from last time may be another's now."""
    kept = home / "redis.port"
    if not (kept.exists() and find_redis(home / "redis")):
        kept.write_text(str(free_port()))
    return int(kept.read_text())


def prepare_environment() -> None:
    """Set what the settings read. Nothing that is set already is changed."""
    home = Path(os.environ.get("VOXANNE_TEST_HOME") or _ROOT / ".voxanne" / "test")
    home.mkdir(parents=True, exist_ok=True)
    os.environ["VOXANNE_ENV"] = "test"
    os.environ["VOXANNE_PROCESS"] = "test"
    if not os.environ.get("DATABASE_SUPERUSER_URL"):
        postgres = start_postgres(home / "postgres", throwaway=True)
        os.environ["DATABASE_SUPERUSER_URL"] = postgres.superuser_url
        os.environ["DATABASE_URL"] = postgres.url(login="voxanne_test", database=f"voxanne_{os.getpid()}")
    if not os.environ.get("REDIS_URL"):
        server = start_redis(home / "redis", port=_redis_port(home))
        os.environ["REDIS_URL"] = server.url.replace("/0", f"/{os.getpid() % 16}")
    os.environ.setdefault("SECRET_KEY", "test-" + "only-signing-key-" * 4)
    os.environ.setdefault("ENCRYPTION_KEY", "9b1d7c3e5fa2084b6d8e0f1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e")
    os.environ.setdefault("VAPI_PRIVATE_KEY", "sandbox-test-key")
    os.environ.setdefault("VAPI_WEBHOOK_SECRET", "platform-webhook-secret-for-tests-only")
    os.environ.setdefault("VOXANNE_HOME", tempfile.mkdtemp(prefix="voxanne-test-"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip the browser tests, saying why, where there is no browser."""
    if find_chromium() is None:
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.skip(reason=MISSING))


prepare_environment()
