"""The sandbox stands in for Vapi; two tools stand in for those of higher rooms."""

from datetime import timedelta

import pytest

from agents import tool_registry
from agents.assistants import reconcile
from agents.models import Agent, CallDirection
from agents.tests.moving import clock, home  # noqa: F401 - fixtures
from agents.tool_registry import ToolSpec
from orgs.scope import org_scope, org_tx
from providers.testing import provider_sandbox, running_sandbox, vapi_sandbox  # noqa: F401 - fixtures
from voxanne.clock import now


def spec(name, description="Use it when asked.", **arguments):
    return ToolSpec(name=name, description=description, parameters={"type": "object", "properties": arguments})


@pytest.fixture(autouse=True)
def tools(monkeypatch):
    registered = {name: spec(name) for name in ("checkAvailability", "bookClinicAppointment")}
    monkeypatch.setattr(tool_registry, "_tools", registered)
    return registered


@pytest.fixture
def agent_of():
    """`agent_of(north)` reads the clinic's inbound agent as it is in the database now."""

    def read(org, direction=CallDirection.INBOUND):
        with org_scope(org), org_tx():
            return Agent.objects.get(call_direction=direction)

    return read


@pytest.fixture
def change_agent():
    def change(org, direction=CallDirection.INBOUND, **values):
        with org_scope(org), org_tx():
            Agent.objects.filter(call_direction=direction).update(**values)

    return change


def assistants_of(sandbox, org):
    return [a for a in sandbox.vapi("GET", "/assistant") if a["metadata"]["orgId"] == str(org.pk)]


def sync(org, agent):
    return reconcile(org=org, agent_id=agent.pk)


def lapse(change_agent, org):
    """The lease of a worker that died has run out."""
    change_agent(org, sync_claimed_until=now() - timedelta(seconds=1))
