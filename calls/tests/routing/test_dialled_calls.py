"""Whole calls over HTTP: somebody dials the clinic's number at the simulated Vapi, which asks our door who answers."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError

from agents.assistants import reconcile
from agents.numbers.wanted import follow_routing
from agents.tests.twilio_accounts import NUMBER, agents_of, connect, imported, sync_numbers
from calls.models import Call, TranscriptLine
from calls.processing import process_pending
from calls.routing import door
from calls.tests.routing.conftest import JOHN, TRANSFER
from contacts.models import Contact
from contacts.services import remember_caller
from orgs.models import IntegrationSettings
from orgs.scope import org_scope, org_tx
from providers.testing import running_sandbox, vapi_sandbox  # noqa: F401 - fixtures
from voxanne.clock import now

pytestmark = pytest.mark.django_db(transaction=True)
MARY = "+447700900202"
GREETING = (
    "Hi John, thanks for calling North Clinic! This call is recorded so that we can look after you well. "
    "How can I help you today?"
)


class Exchange:
    """The clinic's number at the simulated Vapi."""

    def __init__(self, org, sandbox):
        self.org, self.sandbox = org, sandbox
        self.line = imported(sandbox)[NUMBER]

    def ring(self, caller=JOHN, scenario="ask_price"):
        """Dial, wait until the call is over, and work off what was told of it."""
        order = {
            "phoneNumberId": self.line["id"], "scenario": scenario, "fast": True, "customer": {"number": caller},
        }  # fmt: skip
        call_id = self.sandbox.control("POST", "/calls", order)["callId"]
        for _ in range(400):
            state = self.sandbox.control("GET", f"/calls/{call_id}")
            if state["status"] != "running":
                break
            threading.Event().wait(0.05)
        return state | {"id": call_id}

    def story(self, state):
        """The call's row and what was said."""
        with org_scope(self.org):
            process_pending(org=self.org, vapi_call_id=state["id"])
            with org_tx():
                call = Call.objects.select_related("contact").get(vapi_call_id=state["id"])
                said = TranscriptLine.objects.filter(call=call, is_final=True).order_by("ordinal")
                return call, [(line.role, line.text) for line in said]

    def settle(self, **values):
        with org_scope(self.org), org_tx():
            IntegrationSettings.objects.update(**values)
            follow_routing(self.org)
        sync_numbers(self.org)

    def know(self, name, phone, **values):
        with org_scope(self.org), org_tx():
            contact = remember_caller(org=self.org, phone=phone, name=name, source="call")
            Contact.objects.filter(pk=contact.pk).update(**values)


@pytest.fixture
def exchange(north, vapi_sandbox, live_server, settings):  # noqa: F811 - the fixture
    settings.BACKEND_URL = live_server.url
    for agent in agents_of(north).values():
        reconcile(org=north, agent_id=agent.pk)
    connect(north)
    sync_numbers(north)
    return Exchange(north, vapi_sandbox)


def test_a_known_caller_hears_their_name_first(exchange):
    exchange.know("John Smith", JOHN)
    call, said = exchange.story(exchange.ring())

    assert said[0] == ("assistant", GREETING)
    assert (call.status, call.contact.name, call.metadata["routed"]) == ("completed", "John Smith", "answered")


def test_an_unknown_caller_hears_what_everybody_hears_and_is_known_then(exchange):
    call, said = exchange.story(exchange.ring())

    assert said[0][1].startswith("Thank you for calling North Clinic.")
    assert (call.contact.phone, call.contact.lead_status) == (JOHN, "contacted")


def test_the_shared_assistant_is_not_touched_by_two_callers_at_once(exchange):
    exchange.know("John Smith", JOHN)
    exchange.know("Mary Jones", MARY)
    before = exchange.sandbox.vapi("GET", "/assistant")

    with ThreadPoolExecutor(2) as pool:
        states = list(pool.map(exchange.ring, [JOHN, MARY] * 3))

    greetings = [exchange.story(state)[1][0][1][:7] for state in states]
    assert greetings == ["Hi John", "Hi Mary"] * 3
    assert exchange.sandbox.vapi("GET", "/assistant") == before


def test_a_blocked_caller_hears_a_sentence(exchange):
    exchange.know("John Smith", JOHN, blocked_at=now())
    state = exchange.ring()

    assert state["endedReason"] == "assistant-request-returned-error"
    call, _ = exchange.story(state)
    assert (call.status, call.outcome) == ("completed", "no_answer")


def test_when_we_cannot_say_vapi_rings_the_clinics_people(exchange, monkeypatch):
    exchange.settle(transfer_phone_number=TRANSFER)

    def fail(**_):
        raise OperationalError("the database is away")

    monkeypatch.setattr(door, "read_facts", fail)
    state = exchange.ring()

    asked = [item for item in state["deliveries"] if item["type"] == "assistant-request"]
    assert {item["status_code"] for item in asked} == {503}
    call, _ = exchange.story(state)
    assert call.transfer_to == TRANSFER
