"""A caller who may need urgent help: whoever hears it, staff are told once, and the caller what to do."""

from datetime import UTC, datetime

import pytest
import time_machine

from calls import urgent
from calls.models import Call, TranscriptLine
from calls.tests import payloads
from calls.tests.test_tools import ask, content
from contacts.models import StaffTask, TaskKind
from orgs.models import IntegrationSettings

pytestmark = pytest.mark.django_db
PAIN = "I've got a terrible pain in my chest"


@pytest.fixture(autouse=True)
def _friday():
    with time_machine.travel(datetime(2026, 11, 20, 10, 0, tzinfo=UTC), tick=True):
        yield


@pytest.fixture
def spoken(monkeypatch):
    """What was handed over for being said in live calls."""
    found = []
    monkeypatch.setattr(urgent, "_courier", type("Courier", (), {"hand_over": staticmethod(found.append)}))
    return found


@pytest.fixture
def alarms(monkeypatch):
    """The alarms that open dashboards were told of."""
    told = []

    def publish(org_id, kind, **ids):
        told.append((kind, {name: str(value) for name, value in ids.items()}))

    monkeypatch.setattr("calls.urgent.publish_on_commit", publish)
    return told


@pytest.fixture
def say(line, django_capture_on_commit_callbacks):
    """Deliver a final transcript of a live call."""

    def deliver(words, *, role="user", at=20.0, **fields):
        body = payloads.transcript(role, words, call_id="c1", at=at, assistant_id=line.assistant_id)
        body["message"].update(fields)
        with django_capture_on_commit_callbacks(execute=True):
            assert line.post(body).status_code == 200

    return deliver


def tasks(org, working_for):
    with working_for(org):
        return list(StaffTask.objects.filter(kind=TaskKind.RED_FLAG).order_by("created_at"))


def test_staff_are_told_and_the_caller_hears_what_to_do_once(line, say, spoken, alarms, working_for):
    for at in (20, 30, 40):
        say(PAIN, at=at)

    (task,) = tasks(line.org, working_for)
    with working_for(line.org):
        call = Call.objects.get()
        assert TranscriptLine.objects.count() == 0  # the worker's
    assert (task.call_id, task.is_open, task.mail_due_at is None) == (call.pk, True, False)
    assert "chest pain" in task.reason
    assert "terrible" not in task.reason
    assert alarms == [("call", {"id": str(call.pk), "alert": "red_flag"})]
    (announcement,) = spoken
    assert "call 999 now" in announcement.words
    assert announcement.control_url == "https://control.vapi.example/secret"
    assert "secret" not in repr(announcement)


def test_another_danger_in_the_same_call_is_another_alarm_and_said_once(line, say, spoken, alarms, working_for):
    say(PAIN)
    say("and I can't breathe", at=25)

    assert len(tasks(line.org, working_for)) == len(alarms) == 2
    assert len(spoken) == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"role": "assistant"},
        {"transcriptType": "partial"},
        {"transcript": None},
        {"transcript": ["chest pain"]},
        {"transcript": "No chest pain, no."},
    ],
)
def test_what_the_receptionist_says_or_nobody_did_is_no_danger(line, say, spoken, working_for, fields):
    say(PAIN, **fields)
    assert (tasks(line.org, working_for), spoken) == ([], [])


def test_the_number_of_the_clinics_people_is_offered_for_afterwards(line, say, spoken, working_for):
    with working_for(line.org):
        IntegrationSettings.objects.update(transfer_departments={"medical": "+442079460303"})
    say(PAIN)
    assert spoken[0].words.endswith("you reach the clinic's team on 020 7946 0303.")


def test_after_a_tool_has_said_it_the_transcript_does_not_say_it_again(line, say, spoken, working_for):
    answer = ask(line, "bookClinicAppointment", {"start": "2026-11-24T10:00", "name": "Ana", "notes": "chest pain"})
    assert content(answer)["code"] == "emergency"
    say("I have chest pain", at=30)

    assert len(tasks(line.org, working_for)) == 1
    assert spoken == []


def test_a_call_that_has_ended_is_not_spoken_into(line, say, spoken, deliver, working_for):
    deliver(payloads.report(call_id="c1", assistant_id=line.assistant_id))
    say(PAIN)
    assert len(tasks(line.org, working_for)) == 1
    assert spoken == []


def test_a_danger_told_in_two_breaths_is_heard_by_the_worker(line, deliver, working_for):
    same = {"call_id": "c1", "assistant_id": line.assistant_id}
    deliver(
        payloads.transcript("user", "I've had this pain all morning.", at=10, **same),
        payloads.transcript("user", "in my chest", at=12, **same),
    )
    assert len(tasks(line.org, working_for)) == 1


@pytest.mark.parametrize(
    "artifact",
    [
        {"messages": [{"role": "bot", "message": "Any chest pain?"}, {"role": "user", "message": PAIN}]},
        {"messages": [{"role": "user", "message": "a pain"}, {"role": "user", "message": "in my chest"}]},
        {"transcript": f"AI: Hello\nUser: {PAIN}\n"},
    ],
)
def test_the_report_is_a_net_for_what_was_missed(line, deliver, working_for, artifact):
    body = payloads.report(call_id="c1", assistant_id=line.assistant_id)
    body["message"]["artifact"] = artifact
    deliver(body)
    assert len(tasks(line.org, working_for)) == 1


@pytest.mark.parametrize(
    "artifact",
    [
        {"messages": [{"role": "bot", "message": "Do you have chest pain?"}, {"role": "user", "message": "No."}]},
        {"transcript": "AI: If you have chest pain, call 999.\nUser: I'd like Botox\n"},
        {"messages": [None, 7, {"role": "user"}, {"role": "user", "message": {"a": 1}}], "transcript": 5},
    ],
)
def test_a_harmless_report_raises_nothing(line, deliver, working_for, artifact):
    body = payloads.report(call_id="c1", assistant_id=line.assistant_id)
    body["message"]["artifact"] = artifact
    deliver(body)
    assert tasks(line.org, working_for) == []


def test_a_danger_without_a_call_is_told_all_the_same(line, working_for):
    body = payloads.tool_call(
        "bookClinicAppointment", {"notes": "chest pain"}, call_id="", assistant_id=line.assistant_id
    )
    for _ in range(2):
        assert "999" in line.post(body).json()["speech"]
    (task,) = tasks(line.org, working_for)
    assert task.call_id is None


def test_whatever_breaks_over_an_alarm_the_transcript_is_kept(line, say, monkeypatch, working_for):
    def break_down(**_):
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr("calls.urgent.raise_alarm", break_down)
        say(PAIN)
    line.work_off("c1")
    with working_for(line.org):
        assert TranscriptLine.objects.get().text == PAIN
    assert len(tasks(line.org, working_for)) == 1
