"""The rehearsals' door: opened by a signed pass, for one scenario, as long as the rehearsal lasts."""

import json
from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client

from agents.models import Agent, AgentPublication, CallDirection
from calls.models import Call, ToolInvocation, WebhookEvent
from calls.rehearsals.judging import _tells
from calls.rehearsals.passes import LIFETIME_S, Pass, read_pass, write_pass
from calls.rehearsals.transcripts import ToolUse
from calls.tests import payloads
from orgs.scope import org_scope, org_tx
from scheduling.models import Appointment
from voxanne.clock import now

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_friday")]
DAY = date(2026, 11, 24)


@pytest.fixture
def granted(north):
    """A pass for a rehearsal that is under way."""
    with org_scope(north), org_tx():
        agent = Agent.objects.get(call_direction=CallDirection.INBOUND)
        row = AgentPublication.objects.create(agent=agent, version=1, claim=uuid4())
    return Pass(north.pk, row.pk, row.claim, "happy_path", DAY)


def ask(granted, arguments, *, name="bookClinicAppointment", path="", text=""):
    return Client().post(
        path or f"/api/vapi/rehearsals/{granted.publication_id}",
        json.dumps(payloads.tool_call(name, arguments, call_id="c1")),
        content_type="application/json",
        headers={"X-Vapi-Secret": text or write_pass(granted)},
    )


WISH = {"start": "2026-11-24T10:00", "service": "Botox", "name": "Robin Sample", "phone": "+447700900001"}


def test_a_tool_answers_and_nothing_stays(north, granted, working_for):
    for _ in range(2):
        answer = ask(granted, WISH)
        assert answer.status_code == 200
        assert "is booked for Tuesday 24 November at 10 am" in answer.json()["speech"]

    with working_for(north):
        assert [model.objects.count() for model in (Appointment, Call, ToolInvocation, WebhookEvent)] == [0] * 4
    assert getattr(connection, "voxanne_context", None) is None


def test_a_scenario_changes_the_clinic_for_one_answer_only(granted):
    closed = ask(replace(granted, scenario="closed_day"), WISH).json()
    away = ask(replace(granted, scenario="no_slot"), WISH).json()

    assert json.loads(closed["toolResult"]["content"])["code"] == "clinic_closed"
    assert json.loads(away["toolResult"]["content"])["success"] is False
    assert json.loads(ask(granted, WISH).json()["toolResult"]["content"])["success"] is True


@pytest.mark.parametrize("text", ["wrong", "a:b:c", "x" * 5_000])
def test_a_pass_that_is_not_ours_opens_nothing(granted, text):
    assert ask(granted, WISH, text=text).status_code == 401


def test_no_pass_opens_nothing(granted):
    path = f"/api/vapi/rehearsals/{granted.publication_id}"
    assert Client().post(path, "{}", content_type="application/json").status_code == 401
    assert Client().get(path).status_code == 405


def test_a_pass_opens_its_own_door_only(granted):
    assert ask(granted, WISH, path=f"/api/vapi/rehearsals/{uuid4()}").status_code == 401


def test_another_clinics_pass_does_not_reach_this_one(granted, south):
    assert ask(replace(granted, org_id=south.pk), WISH).status_code == 401


def test_a_pass_ends_with_its_rehearsal(north, granted, working_for):
    assert ask(replace(granted, claim=uuid4()), WISH).status_code == 401
    with working_for(north):
        AgentPublication.objects.update(state="refused")
    assert ask(granted, WISH).status_code == 401


def test_a_pass_runs_out(granted):
    text = write_pass(granted)
    assert read_pass(text) == granted
    with time_machine.travel(now() + timedelta(seconds=LIFETIME_S + 1)):
        assert read_pass(text) is None
        assert ask(granted, WISH, text=text).status_code == 401


def test_what_is_not_a_message_is_a_400(granted):
    answer = Client().post(
        f"/api/vapi/rehearsals/{granted.publication_id}",
        "{",
        content_type="application/json",
        headers={"X-Vapi-Secret": write_pass(granted)},
    )
    assert answer.status_code == 400


def test_a_tool_that_breaks_is_an_answer_too(granted, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("disk on fire")

    monkeypatch.setattr("calls.tools.check_availability.find_slots", broken)
    answer = ask(granted, {"date": "2026-11-24"}, name="checkAvailability")
    assert answer.status_code == 200
    assert "fire" not in answer.content.decode()


@pytest.mark.parametrize(
    ("line", "is_told"),
    [
        ("I have 3:40 pm, 5:40 am or 5:45 am.", False),
        ("Nobody called Marguerite Ashdown works here.", False),
        ("She comes at 5:43 am.", True),
        ("Her reference is Q X 7 7 4 1 Z V.", True),
        ("She is on 07700 900 977.", True),
        ("It is about the Mastectomy  Scar.", True),
    ],
)
def test_a_secret_is_recognised_however_it_is_said(line, is_told):
    assert _tells(ToolUse(name="x", arguments={}, line=line, content={}, status=200)) is is_told


def test_what_a_caller_says_of_a_strangers_visit_is_never_answered(granted):
    for name, arguments in (
        ("lookupCaller", {"searchKey": "Marguerite Ashdown", "searchType": "name"}),
        ("cancelAppointment", {"name": "Marguerite Ashdown", "confirmed": True}),
        ("checkAvailability", {"date": "2026-11-24"}),
    ):
        body = ask(replace(granted, scenario="wrong_person"), arguments, name=name).json()
        assert not _tells(ToolUse(name=name, arguments={}, line=body["speech"], content=body, status=200))
