"""Tests of the cache begin when this process already hears about changes: starting to listen empties the caches.

The sandbox stands in for the providers.
"""

import time
from collections.abc import Callable
from uuid import uuid4

import pytest

from credentials.invalidation import announce_change, listener
from orgs.models import AuditEntry
from orgs.scope import org_scope, org_tx
from providers.testing import provider_sandbox, running_sandbox, vapi_sandbox  # noqa: F401 - fixtures
from voxanne.expiring_cache import ExpiringCache


@pytest.fixture(autouse=True)
def _listening():
    listener.ensure_running()
    assert listener.listening.wait(5)


@pytest.fixture(scope="session")
def _ear() -> ExpiringCache[str]:
    """A cache that hears what all caches of this process hear."""
    ear: ExpiringCache[str] = ExpiringCache(name="ear", ttl_s=60.0, max_entries=10)
    listener.add(ear)
    return ear


@pytest.fixture
def hear_news(_ear: ExpiringCache[str]) -> Callable[[], None]:
    """Wait until this process has heard of every change so far: of this clinic's making, and of an earlier test's.

    Clinics of one process have the same ids from test to test, so such news would empty a cache at any moment.
    """

    def wait() -> None:
        last = str(uuid4())
        _ear.put(last, "sent", epoch=_ear.epoch())
        announce_change(last)
        deadline = time.monotonic() + 10
        while _ear.find(last) is not None:
            assert time.monotonic() < deadline, "nobody listens"
            time.sleep(0.001)

    return wait


@pytest.fixture
def sandbox(provider_sandbox):  # noqa: F811 - the fixture
    return provider_sandbox


@pytest.fixture
def audited():
    """`audited(north)` lists the actions about credentials, oldest first."""

    def actions(org, prefix="credential."):
        with org_scope(org), org_tx():
            entries = AuditEntry.objects.filter(org=org, action__startswith=prefix).order_by("id")
            return [entry.action for entry in entries if entry.details.get("provider") != "vapi"]

    return actions
