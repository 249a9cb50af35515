"""A clinic with a saved change, our site as a real server, and the sandbox as the rehearsal room."""

from datetime import UTC, datetime

import pytest
import time_machine

from agents.editing import save_draft
from agents.models import Agent, AgentPublication, CallDirection
from agents.publication_runs import run_publication
from agents.publishing import request_publication
from orgs.actors import Actor, ActorKind
from orgs.models import Role
from orgs.scope import org_scope, org_tx
from providers.testing import running_sandbox, vapi_sandbox  # noqa: F401 - fixtures

# A Friday morning in London.
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.fixture
def _friday():
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def room(vapi_sandbox, live_server, settings):  # noqa: F811 - the fixture
    """The sandbox rehearses, and asks the tools of this process's site."""
    settings.BACKEND_URL = live_server.url
    return vapi_sandbox


@pytest.fixture
def owner(north, north_owner):
    return Actor(kind=ActorKind.USER, org_id=north.pk, user_id=north_owner.pk, role=Role.OWNER)


@pytest.fixture
def publish(north, owner):
    """`publish(first_message="…")` saves, asks for publication and does the worker's work; returns the row."""

    def run(org=None, **changes):
        org = org or north
        with org_scope(org):
            with org_tx():
                agent_id = Agent.objects.get(call_direction=CallDirection.INBOUND).pk
            save_draft(org=org, agent_id=agent_id, changes={"name": "Front desk", **changes}, actor=owner)
            row = request_publication(org=org, agent_id=agent_id, actor=owner)
        run_publication(org=org, publication_id=row.pk)
        with org_scope(org), org_tx():
            return AgentPublication.objects.get(pk=row.pk)

    return run


def checks_of(row, key):
    (result,) = [item for item in row.results if item["key"] == key]
    return result["checks"]


def failed_of(row):
    """The scenarios that failed, each with what happened where it did."""
    return {
        result["key"]: [check["happened"] for check in result["checks"] if not check["passed"]]
        for result in row.results
        if not result["passed"]
    }
