"""Many calls in the same moment, over real HTTP: nobody ever gets another's name, memory or assistant."""

import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
import requests
from django.db import connections

from agents.models import Agent, CallDirection
from calls.models import Call, WebhookEvent
from calls.tests.conftest import connect
from calls.tests.routing.conftest import request
from conftest import make_org, make_user
from contacts.models import Contact
from contacts.services import remember_caller
from credentials.service import credential_service
from orgs.actors import Actor
from orgs.scope import org_scope, org_tx, service_tx
from telephony.services import map_number

pytestmark = pytest.mark.django_db(transaction=True)
CLINICS = 5
CALLS = 200
FIRST = ("Ana", "Ben", "Chidi", "Dana", "Elif", "Farah", "Gwen", "Hugo", "Ines", "Jonas")


@dataclass(frozen=True)
class Expected:
    """One call, and what must come back for it."""

    number: str
    caller: str
    secret: str
    assistant_id: str
    name: str
    note: str


def open_clinics():
    """Clinics with two agents and numbers each; each agent has two callers whom it knows, and both share the clinic."""
    owner = make_user("owner@many.example")
    expected, everybody = [], []
    for at in range(CLINICS):
        org = make_org(f"Clinic {at}", owner)
        line = connect(org)
        with org_scope(org), org_tx():
            second = Agent.objects.create(
                name="Second line", call_direction=CallDirection.INBOUND, vapi_assistant_id=f"second-{at}"
            )
        agents = [(line.agent.pk, line.assistant_id), (second.pk, f"second-{at}")]
        secret = credential_service.ensure_vapi_webhook_secret(org).webhook_secret.reveal()
        for line_at, (agent_id, assistant_id) in enumerate(agents):
            number = f"+4420794601{at}{line_at}"
            map_number(org=org, phone_number=number, actor=Actor.system(org.pk), agent_id=agent_id)
            for caller_at in range(2):
                # The same number calls several clinics, and is somebody else's in each.
                caller = f"+44770090030{caller_at + 2 * line_at}"
                name, note = FIRST[(at * 4 + line_at * 2 + caller_at) % len(FIRST)], f"note {at}-{line_at}-{caller_at}"
                with org_scope(org), org_tx():
                    contact = remember_caller(org=org, phone=caller, name=name, source="call")
                    Contact.objects.filter(pk=contact.pk).update(name=name, first_name=name, preferences=note)
                everybody.append(name)
                expected.append(Expected(number, caller, secret, assistant_id, name, note))
    return expected


def ring(live_server, call, at):
    body = request(called=call.number, caller=call.caller, call_id=f"call-{at}")
    try:
        answer = requests.post(
            f"{live_server.url}/api/vapi/webhook", json=body, headers={"X-Vapi-Secret": call.secret}, timeout=60
        )
    finally:
        connections.close_all()
    return call, answer


def test_two_hundred_calls_at_once_each_hear_their_own_name_and_nobody_elses(live_server):
    calls = open_clinics()
    queue = [calls[at % len(calls)] for at in range(CALLS)]
    random.Random(7).shuffle(queue)

    with ThreadPoolExecutor(25) as pool:
        answers = list(pool.map(lambda item: ring(live_server, item[1], item[0]), enumerate(queue)))

    assert len(answers) == CALLS
    notes = {call.note for call in calls}
    for call, answer in answers:
        assert answer.status_code == 200
        body = answer.json()
        assert body["assistantId"] == call.assistant_id
        overrides = body["assistantOverrides"]
        assert overrides["firstMessage"].startswith(f"Hi {call.name}, thanks for calling Clinic ")
        memory = overrides["variableValues"]["callerMemory"]
        assert memory == f"Name: {call.name}\nNoted by the team: {call.note}"
        assert not [note for note in notes - {call.note} if note in answer.text]
    with service_tx("test"):
        assert Call.across_orgs.count() == WebhookEvent.across_orgs.count() == CALLS


def test_the_ringing_call_is_stored_after_the_answer_by_a_thread_of_its_own(clinic, settings):
    settings.SEND_IN_BACKGROUND = True
    clinic.ring(call_id="c1")

    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with service_tx("test"):
            if Call.across_orgs.filter(vapi_call_id="c1", status="ringing").exists():
                return
        time.sleep(0.02)
    pytest.fail("the ringing call was not stored")
