"""Putting callers through: to the right people, by telling Vapi, and never in circles."""

import socket
import time
from datetime import UTC, datetime

import pytest
import time_machine

from calls import transfers
from calls.models import Call
from calls.tests import payloads
from calls.tests.test_tools import ask, content
from calls.transfers import Handover
from contacts.models import StaffTask
from orgs.actors import Actor
from orgs.models import IntegrationSettings
from orgs.scope import org_scope, org_tx
from providers.vapi.control import TIMEOUT_S, is_control_address
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


def transfer(line, department="", *, tool_call_id="t1", summary="Ana asks about a bill."):
    return ask(line, "transferCall", {"summary": summary, "department": department}, tool_call_id=tool_call_id)


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
    assert call.transfer_to == number
    assert call.transfer_time is not None
    assert "control.vapi" not in str(call.facts)


def test_why_a_caller_was_put_through_is_kept_without_identifiers(line, people, handed):
    people(transfer_phone_number=DESK)
    transfer(line, summary="Ana, born 3 May 1980, asks about a bill.")
    with org_scope(line.org), org_tx():
        assert Call.objects.get().transfer_reason == ""
    line.post(payloads.report(call_id="c1", assistant_id=line.assistant_id))
    line.work_off("c1")
    with org_scope(line.org), org_tx():
        assert Call.objects.get().transfer_reason == "Ana, born [DOB], asks about a bill."


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


def report_of(line, *, status="", reason="assistant-forwarded-call", at=220):
    body = payloads.report(call_id="c1", assistant_id=line.assistant_id, at=at, endedReason=reason)
    destination = {"type": "number", "number": DESK}
    body["message"]["artifact"]["transfers"] = [{"status": status, "destination": destination}] if status else []
    return body


def forwarding(line):
    destination = {"type": "number", "number": DESK}
    return payloads.status("forwarding", call_id="c1", assistant_id=line.assistant_id, at=30, destination=destination)


def call_and_tasks(org, working_for):
    with working_for(org):
        return Call.objects.get(), list(StaffTask.objects.all())


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("failed", "assistant-forwarded-call"),
        ("no-answer", "assistant-forwarded-call"),
        ("a-word-of-tomorrow", "assistant-forwarded-call"),
        ("", "call.forwarding.no-answer"),
        ("", "call.forwarding.operator-busy"),
        ("", "call.in-progress.error-transfer-failed"),
        ("", "call.in-progress.error-warm-transfer-max-duration"),
        ("", "customer-ended-call-during-transfer"),
    ],
)
def test_who_reached_nobody_is_called_back(line, working_for, deliver, status, reason):
    for _ in range(2):
        deliver(forwarding(line), report_of(line, status=status, reason=reason))

    call, (task,) = call_and_tasks(line.org, working_for)
    assert (call.status, call.outcome) == ("completed", "not_reached")
    assert call.metadata["transfer_status"] == status
    assert (task.kind, task.call_id, task.contact_id) == ("call_back", call.pk, call.contact_id)


@pytest.mark.parametrize(
    ("status", "reason"), [("connected", "assistant-forwarded-call"), ("", "assistant-forwarded-call")]
)
def test_who_was_put_through_is_not(line, working_for, deliver, status, reason):
    deliver(forwarding(line), report_of(line, status=status, reason=reason))
    call, tasks = call_and_tasks(line.org, working_for)
    assert (call.outcome, tasks) == ("transferred", [])


def test_what_vapi_never_did_is_no_transfer(line, people, handed, working_for, deliver):
    people(transfer_phone_number=DESK)
    transfer(line)
    deliver(report_of(line, reason="customer-ended-call"))
    call, (task,) = call_and_tasks(line.org, working_for)
    assert (call.outcome, task.kind) == ("not_reached", "call_back")


def test_the_order_of_the_messages_does_not_matter(line, working_for, deliver):
    deliver(report_of(line, status="busy"), forwarding(line))
    call, tasks = call_and_tasks(line.org, working_for)
    assert (call.outcome, len(tasks)) == ("not_reached", 1)


def test_nobody_to_put_a_caller_through_to_is_a_call_back_too(line, working_for):
    for number in range(2):
        assert content(transfer(line, tool_call_id=f"t{number}"))["code"] == "nobody_to_transfer_to"
    _, (task,) = call_and_tasks(line.org, working_for)
    assert task.kind == "call_back"


def test_no_caller_waits_for_a_vapi_that_does_not_answer(line, people, settings, django_capture_on_commit_callbacks):
    people(transfer_phone_number=DESK)
    settings.SEND_IN_BACKGROUND = True
    with socket.create_server(("127.0.0.1", 0)) as hole:  # takes the connection and says nothing
        settings.VAPI_BASE_URL = f"http://127.0.0.1:{hole.getsockname()[1]}"
        body = payloads.tool_call("transferCall", {}, call_id="c1", assistant_id=line.assistant_id)
        body["message"]["call"]["monitor"]["controlUrl"] = f"{settings.VAPI_BASE_URL}/call/c1/control"
        started = time.perf_counter()
        with django_capture_on_commit_callbacks(execute=True):
            assert line.post(body).json()["transfer"]
        assert time.perf_counter() - started < TIMEOUT_S
        hole.settimeout(5)
        connection, _ = hole.accept()
        with connection:
            assert connection.recv(4096).startswith(b"POST /call/c1/control")
