"""A whole call over HTTP, from the simulated Vapi to our own door, proven as the clinic chose."""

import threading

import pytest

from agents.assistants import reconcile
from agents.models import Agent, CallDirection
from calls.models import Call, WebhookEvent
from credentials import connections
from orgs.actors import Actor
from orgs.models import IntegrationSettings, WebhookAuth
from orgs.scope import org_scope, org_tx, service_tx
from providers.testing import running_sandbox, vapi_sandbox  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db(transaction=True)


def sync(org):
    with org_scope(org), org_tx():
        agent_id = Agent.objects.get(call_direction=CallDirection.INBOUND).pk
    return reconcile(org=org, agent_id=agent_id).assistant_id


def ring(sandbox, assistant_id):
    order = {"assistantId": assistant_id, "scenario": "book_appointment", "fast": True}
    call_id = sandbox.control("POST", "/calls", order)["callId"]
    for _ in range(300):
        state = sandbox.control("GET", f"/calls/{call_id}")
        if state["status"] != "running":
            return state
        threading.Event().wait(0.05)
    raise AssertionError("the call did not end")


@pytest.fixture
def exchange(vapi_sandbox, live_server, settings):  # noqa: F811 - that is how a fixture is asked for
    """The simulated Vapi, which reaches our own door."""
    settings.BACKEND_URL = live_server.url
    return vapi_sandbox


def choose(org, auth):
    with org_scope(org), org_tx():
        IntegrationSettings.objects.update(webhook_auth=auth)


@pytest.mark.parametrize("auth", WebhookAuth.values)
def test_our_door_takes_what_vapi_was_told_to_show(north, exchange, auth):
    choose(north, auth)
    state = ring(exchange, sync(north))

    assert state["deliveries"]
    assert {delivery["status_code"] for delivery in state["deliveries"]} == {200}
    with service_tx("test"):
        assert {call.org_id for call in Call.across_orgs.all()} == {north.pk}
        assert WebhookEvent.across_orgs.filter(event_type="end-of-call-report").exists()


@pytest.mark.parametrize("auth", WebhookAuth.values)
def test_a_secret_that_vapi_was_not_given_yet_is_missed_by_nobody(north, exchange, auth):
    """Between the rotation here and the sync, Vapi goes on with the old secret."""
    choose(north, auth)
    assistant_id = sync(north)
    connections.connect_vapi(org=north, given={}, actor=Actor.system(north.pk))
    before = ring(exchange, assistant_id)
    sync(north)
    after = ring(exchange, assistant_id)

    statuses = {delivery["status_code"] for state in (before, after) for delivery in state["deliveries"]}
    assert statuses == {200}
