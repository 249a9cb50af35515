"""How syncing with Vapi is counted: by what was synced and what came of it."""

import pytest

from agents.tests.conftest import sync
from voxanne.metrics.testing import Growth

pytestmark = pytest.mark.django_db(transaction=True)
COUNT = "vapi_sync_seconds_count"


def test_an_assistant_and_its_tools_are_counted(north, vapi_sandbox, agent_of):
    grown = Growth()
    wanted = [
        ("assistant", "created"),
        ("assistant", "unchanged"),
        ("tool", "registered"),
        ("credential", "registered"),
    ]
    for kind, outcome in wanted:
        grown(COUNT, kind=kind, outcome=outcome)

    sync(north, agent_of(north))
    sync(north, agent_of(north))

    assert [grown(COUNT, kind=kind, outcome=outcome) for kind, outcome in wanted] == [1, 1, 2, 2]


def test_a_failure_is_counted(north, vapi_sandbox, agent_of):
    grown = Growth()
    for kind in ("assistant", "credential"):
        grown(COUNT, kind=kind, outcome="failed")
    vapi_sandbox.spoil(status=500)

    sync(north, agent_of(north))

    assert [grown(COUNT, kind=kind, outcome="failed") for kind in ("assistant", "credential")] == [1, 1]
