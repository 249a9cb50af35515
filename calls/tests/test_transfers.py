"""Putting callers through: to the right people, by telling Vapi, and never in circles."""

from datetime import UTC, datetime

import pytest
import time_machine

from calls import transfers
from calls.models import Call
from calls.tests import payloads
from calls.tests.test_tools import ask, content
from calls.transfers import Handover
from orgs.actors import Actor
from orgs.models import IntegrationSettings
from orgs.scope import org_scope, org_tx
from providers.vapi.control import is_control_address
from telephony.services import map_number

pytestmark = pytest.mark.django_db
DESK, BILLING = "+442079460300", "+442079460301"


@pytest.fixture(autouse=True)
def _friday():
    with time_machine.travel(datetime(2026, 11, 20, 9, 0, tzinfo=UTC), tick=True):
        yield


@pytest.fixture
def handed(monkeypatch) -> list[Handover]:
    """What was handed over for telling Vapi."""
    found: list[Handover] = []
    monkeypatch.setattr(transfers, "_courier", type("Courier", (), {"hand_over": staticmethod(found.append)}))
    return found


@pytest.fixture
def people(line, working_for):
    """Where the clinic's people answer."""

    def answer(**facts: object) -> None:
        with working_for(line.org):
            IntegrationSettings.objects.update(**facts)

    return answer


def transfer(line, department="", *, tool_call_id="t1"):
    return ask(
        line, "transferCall", {"summary": "Ana asks about a bill.", "department": department}, tool_call_id=tool_call_id
    )


DEPARTMENTS = {"billing": BILLING, "Billing": BILLING, "general": DESK, "medical": DESK, "the moon": DESK, "": DESK}


@pytest.mark.parametrize("department", DEPARTMENTS)
def test_the_department_then_the_clinic(line, people, handed, department, django_capture_on_commit_callbacks):
    number = DEPARTMENTS[department]
    people(transfer_phone_number=DESK, transfer_departments={"billing": BILLING})
    with django_capture_on_commit_callbacks(execute=True):
        answer = transfer(line, department)

    assert answer["transfer"]["destination"]["type"] == "number"
    assert answer["transfer"]["destination"]["number"] == number
    (handover,) = handed
    assert handover.destination["number"] == number
    assert "Ana asks about a bill." in handover.destination["transferPlan"]["message"]
    assert handover.control_url == "https://control.vapi.example/secret"
    assert "secret" not in repr(handover)
    with org_scope(line.org), org_tx():
        call = Call.objects.get()
    assert (call.transfer_to, call.transfer_reason) == (number, "Ana asks about a bill.")
    assert call.transfer_time is not None
    assert "control.vapi" not in str(call.facts)


def test_without_a_number_the_sip_address_answers(line, people, handed):
    people(transfer_sip_uri="sip:desk@clinic.example")
    assert transfer(line)["transfer"]["destination"]["sipUri"] == "sip:desk@clinic.example"


def test_a_number_that_comes_back_here_is_not_called(line, people, handed):
    map_number(org=line.org, phone_number=DESK, actor=Actor.system(line.org.pk))
    people(transfer_phone_number=DESK)
    answer = transfer(line)
    assert content(answer)["code"] == "nobody_to_transfer_to"
    assert "take a message" in answer["speech"]


def test_nor_is_the_callers_own_telephone(line, people, handed):
    people(transfer_phone_number=payloads.CALLER)
    assert content(transfer(line))["code"] == "nobody_to_transfer_to"


def test_asked_again_after_an_interruption_it_is_put_through_once(
    line, people, handed, django_capture_on_commit_callbacks
):
    people(transfer_phone_number=DESK)
    with django_capture_on_commit_callbacks(execute=True):
        for number in range(3):
            assert content(transfer(line, tool_call_id=f"t{number}"))["success"]
    assert len(handed) == 1


@pytest.mark.parametrize(
    ("address", "is_believed"),
    [
        ("https://phone-call-websocket.aws-us-west-2-backend-production1.vapi.ai/abc/control", True),
        ("https://vapi.ai/control", True),
        ("http://vapi.ai/control", False),
        ("https://vapi.ai.evil.example/control", False),
        ("https://evilvapi.ai/control", False),
        ("https://user@vapi.ai/control", False),
        ("https://vapi.ai:8443/control", False),
        ("https://169.254.169.254/latest/meta-data", False),
        ("file:///etc/passwd", False),
        ("", False),
        ("https://[", False),
    ],
)
def test_only_vapis_own_addresses_are_believed(address, is_believed):
    assert is_control_address(address) is is_believed


def test_a_hostile_control_address_is_not_called(
    line, people, django_capture_on_commit_callbacks, settings, monkeypatch
):
    people(transfer_phone_number=DESK)
    settings.SEND_IN_BACKGROUND = False
    asked = []
    monkeypatch.setattr("requests.Session.request", lambda *args, **kwargs: asked.append(args))
    with django_capture_on_commit_callbacks(execute=True):
        assert transfer(line).get("transfer")
    assert asked == []


def test_whether_anybody_answered_comes_from_the_report(line, working_for, deliver):
    body = payloads.report(call_id="c1", assistant_id=line.assistant_id)
    body["message"]["artifact"]["transfers"] = [{"status": "failed", "destination": {"number": DESK}}]
    deliver(body)
    with working_for(line.org):
        assert Call.objects.get().metadata["transfer_status"] == "failed"
