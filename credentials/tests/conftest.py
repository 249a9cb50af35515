"""Tests of the cache begin when this process already hears about changes: starting to listen empties the caches.

The sandbox stands in for the providers.
"""

import pytest

from credentials.invalidation import listener
from orgs.models import AuditEntry
from orgs.scope import org_scope, org_tx
from providers.testing import provider_sandbox, running_sandbox, vapi_sandbox  # noqa: F401 - fixtures


@pytest.fixture(autouse=True)
def _listening():
    listener.ensure_running()
    assert listener.listening.wait(5)


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
