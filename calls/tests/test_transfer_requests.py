"""Vapi asks where to put a caller through: the same people as for our own tool, or a sentence that can be spoken."""

import time
from datetime import UTC, datetime

import pytest
import time_machine

from agents.payload import SERVER_MESSAGES
from calls import transfers
from calls.ingress.messages import ANSWERS, HANDLED
from calls.models import Call, ToolInvocation
from calls.tests import payloads
from contacts.models import StaffTask
from orgs.actors import Actor
from orgs.models import IntegrationSettings
from telephony.services import map_number

pytestmark = pytest.mark.django_db
DESK, BILLING = "+442079460300", "+442079460301"
KIND = "transfer-destination-request"


@pytest.fixture(autouse=True)
def _friday():
    with time_machine.travel(datetime(2026, 11, 20, 9, 0, tzinfo=UTC), tick=True):
        yield


@pytest.fixture(autouse=True)
def _nothing_is_put_through_by_us(monkeypatch):
    def refuse(_):
        raise AssertionError("Vapi puts the caller through by itself.")

    monkeypatch.setattr(transfers, "_courier", type("Courier", (), {"hand_over": staticmethod(refuse)}))


@pytest.fixture
def people(line, working_for):
    def answer(**facts):
        with working_for(line.org):
            IntegrationSettings.objects.update(**facts)

    return answer


@pytest.fixture
def where_to(line, django_capture_on_commit_callbacks):
    def asked(*, call_id="c1", at=20, **fields):
        body = payloads.envelope(KIND, call_id=call_id, assistant_id=line.assistant_id, at=at, **fields)
        with django_capture_on_commit_callbacks(execute=True):
            answer = line.post(body)
        assert answer.status_code == 200
        return answer.json()

    return asked


def test_every_assistant_asks_us_and_we_answer():
    assert KIND in SERVER_MESSAGES
    assert KIND in ANSWERS
    assert KIND in HANDLED


def test_the_clinics_people_answer_and_it_is_kept(line, people, where_to, working_for):
    people(transfer_phone_number=DESK, transfer_departments={"billing": BILLING})

    answer = where_to()

    assert set(answer) == {"destination"}
    assert (answer["destination"]["type"], answer["destination"]["number"]) == ("number", DESK)
    assert "putting you through" in answer["destination"]["message"]
    with working_for(line.org):
        call, asked = Call.objects.get(), ToolInvocation.objects.get()
    assert call.transfer_to == DESK
    assert (asked.tool_name, asked.succeeded, asked.call_id) == ("transferCall", True, call.pk)


def test_what_vapi_knows_of_the_wish_decides(people, where_to):
    people(transfer_phone_number=DESK, transfer_departments={"billing": BILLING})
    wish = {
        "id": "t9",
        "function": {"name": "transferCall", "arguments": {"department": "billing", "summary": "A bill."}},
    }

    destination = where_to(toolCallList=[wish])["destination"]

    assert destination["number"] == BILLING
    assert "A bill." in destination["transferPlan"]["message"]


def test_asked_again_it_is_the_same_and_noted_once(line, people, where_to, working_for):
    people(transfer_phone_number=DESK)
    first = where_to()
    people(transfer_phone_number=BILLING)
    assert where_to() == first
    with working_for(line.org):
        assert ToolInvocation.objects.count() == 1


def test_nobody_to_be_had_is_a_sentence_and_a_call_back(line, where_to, working_for):
    answer = where_to()

    assert set(answer) == {"error"}
    assert "asked the team to call you back" in answer["error"]
    assert "\n" not in answer["error"]
    with working_for(line.org):
        task = StaffTask.objects.get()
    assert (task.kind, task.call_id is not None) == ("call_back", True)


def test_a_number_that_comes_back_here_is_refused(line, people, where_to):
    map_number(org=line.org, phone_number=DESK, actor=Actor.system(line.org.pk))
    people(transfer_phone_number=DESK)
    assert set(where_to()) == {"error"}


def test_an_unknown_assistant_gets_a_sentence_too(line, settings):
    settings.VAPI_WEBHOOK_SECRET = "the platform's own secret"
    body = payloads.envelope(KIND, call_id="c1", assistant_id="nobody")
    assert set(line.post(body, secret="the platform's own secret").json()) == {"error"}


@pytest.mark.parametrize("broken", [{"toolCallList": "x"}, {"toolCallList": [{"function": 7}]}, {"timestamp": "soon"}])
def test_odd_requests_are_answered_all_the_same(people, where_to, broken):
    people(transfer_phone_number=DESK)
    assert where_to(**broken)["destination"]["number"] == DESK


def test_without_a_call_id_there_is_a_destination(people, where_to):
    people(transfer_phone_number=DESK)
    assert where_to(call_id="")["destination"]["number"] == DESK


@pytest.mark.serial
def test_it_is_answered_fast(people, where_to):
    people(transfer_phone_number=DESK)
    where_to()
    started = time.perf_counter()
    for number in range(20):
        where_to(call_id=f"c{number}")
    assert (time.perf_counter() - started) / 20 < 0.15
