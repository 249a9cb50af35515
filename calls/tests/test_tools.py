"""Live-call tools over HTTP: always 200, always something to say, every question answered once."""

import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine

from calls.models import Call, ToolInvocation
from calls.tests import payloads
from scheduling.models import Appointment

pytestmark = pytest.mark.django_db
TOOL = "/api/vapi/tools"
# A Friday morning in London, the clinic's zone.
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _friday():
    with time_machine.travel(NOW, tick=True):
        yield


def ask(line, name, arguments, *, tool_call_id="t1", call_id="c1", **kwargs):
    body = payloads.tool_call(
        name, arguments, call_id=call_id, tool_call_id=tool_call_id, assistant_id=line.assistant_id
    )
    answer = line.post(body, **kwargs)
    assert answer.status_code == 200
    return answer.json()


def content(answer):
    return json.loads(answer["toolResult"]["content"])


def test_free_times_come_in_both_forms_and_on_one_line(line):
    answer = ask(line, "checkAvailability", {"date": "2026-11-24", "service": "Botox"})

    (result,) = answer["results"]
    assert (result["toolCallId"], result["name"]) == ("t1", "checkAvailability")
    assert result["result"] == answer["speech"] == content(answer)["message"]
    assert "\n" not in answer["speech"]
    assert "Tuesday 24 November at 9 am" in answer["speech"]
    slots = content(answer)["slots"]
    assert 1 <= len(slots) <= 5
    assert slots[0]["start"] == "2026-11-24T09:00+00:00"


def test_an_offered_time_can_be_booked_and_stands_in_the_diary(line, working_for):
    slot = content(ask(line, "checkAvailability", {"date": "2026-11-24", "service": "Botox"}))["slots"][0]

    booked = ask(
        line,
        "bookClinicAppointment",
        {"start": slot["start"], "service": "Botox", "name": "Ana Reyes"},
        tool_call_id="t2",
    )

    assert content(booked)["success"]
    assert "Botox is booked for Tuesday 24 November at 9 am" in booked["speech"]
    with working_for(line.org):
        appointment = Appointment.objects.select_related("contact", "service").get()
        call = Call.objects.get()
    assert appointment.contact.phone == payloads.CALLER
    assert appointment.call_id == call.pk
    assert (call.booking_confirmed, call.outcome) == (True, "booked")


@pytest.mark.parametrize("number", ["", "anonymous", "+0", "+4412", "sip:ana@example.org", None, 447700900123])
def test_a_withheld_or_odd_number_does_not_cost_the_booking(line, number):
    body = payloads.tool_call(
        "bookClinicAppointment",
        {"start": "2026-11-24T10:00", "service": "Botox", "name": "Ana Reyes"},
        call_id="c1",
        assistant_id=line.assistant_id,
    )
    body["message"]["customer"] = body["message"]["call"]["customer"] = {"number": number}
    assert content(line.post(body).json())["success"]


def test_a_taken_time_is_refused_with_three_others(line):
    wish = {"start": "2026-11-24T10:00", "service": "Botox", "name": "Ana Reyes"}
    ask(line, "bookClinicAppointment", wish)

    second = ask(line, "bookClinicAppointment", {**wish, "name": "Ben Okoye"}, call_id="c2")

    assert content(second)["success"] is False
    assert content(second)["code"] == "slot_taken"
    assert len(content(second)["alternatives"]) == 3


def test_the_same_question_again_gets_the_stored_answer(line, working_for):
    wish = {"start": "2026-11-24T10:00", "service": "Botox", "name": "Ana Reyes"}
    first = ask(line, "bookClinicAppointment", wish)
    assert ask(line, "bookClinicAppointment", wish) == first
    with working_for(line.org):
        assert Appointment.objects.count() == ToolInvocation.objects.count() == 1


def test_the_same_wish_under_a_new_id_is_the_same_booking(line, working_for):
    wish = {"start": "2026-11-24T10:00", "service": "Botox", "name": "Ana Reyes"}
    first = ask(line, "bookClinicAppointment", wish)
    again = ask(line, "bookClinicAppointment", {**wish, "name": "ana reyes "}, tool_call_id="t2")
    assert content(again)["appointmentId"] == content(first)["appointmentId"]
    with working_for(line.org):
        assert Appointment.objects.count() == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"date": "2025-11-24"}, "in the past. Today is Friday 20 November 2026. The next openings are"),
        ({"date": "2027-02-31"}, "not a day or time I know"),
        ({"date": "next Tuesday-ish"}, "not a day or time I know"),
        ({"startDate": "2026-11-26", "endDate": "2026-11-24"}, "the other way round"),
        ({"date": "2026-11-22"}, "Nothing is free on Sunday 22 November. The next openings are"),
        ({"date": "2026-11-24", "service": "heart surgery"}, "We do not offer heart surgery. We offer"),
        ({"date": "2026-11-24", "practitioner": "Dr Nobody"}, "Nobody called Dr Nobody works here"),
        ({"date": ["2026-11-24"]}, "I need a little more"),
        ({"date": {"a": 1}}, "I need a little more"),
        ({"date": 20261124}, "9 am"),
        ({"date": "x" * 500}, "I need a little more"),
        ({}, "I have Friday 20 November"),
    ],
)
def test_wrong_wishes_about_days_come_back_as_corrections(line, arguments, said):
    assert said in ask(line, "checkAvailability", arguments)["speech"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"start": "2026-11-24T03:00"}, "slot_not_offered"),
        ({"start": "2026-11-22T10:00"}, "clinic_closed"),
        ({"start": "2026-11-19T10:00"}, "in_the_past"),
        ({"start": "2026-11-24"}, "bad_date"),
        ({"start": "2026-02-30T10:00"}, "bad_date"),
        ({"start": "half past ten"}, "bad_date"),
        ({"name": ""}, "bad_arguments"),
        ({"name": None}, "bad_arguments"),
        ({"service": "heart surgery"}, "unknown_service"),
        ({"start": None}, "bad_arguments"),
    ],
)
def test_bookings_that_cannot_be_are_refused_in_words(line, working_for, change, code):
    answer = ask(
        line,
        "bookClinicAppointment",
        {"start": "2026-11-24T10:00", "service": "Botox", "name": "Ana Reyes", **change},
    )
    assert content(answer)["success"] is False
    assert content(answer)["code"] == code
    assert answer["speech"]
    with working_for(line.org):
        assert Appointment.objects.count() == 0


@pytest.mark.parametrize("raw", ['{"date": "2026-11-24"}', {"date": "2026-11-24"}], ids=["as a string", "as an object"])
def test_arguments_come_as_object_or_string(line, raw):
    assert content(ask(line, "checkAvailability", raw))["success"]


def test_broken_arguments_are_answered_with_help(line):
    answer = ask(line, "checkAvailability", '{"date": ')
    assert "not valid JSON" in answer["speech"]


def test_several_questions_in_one_message_are_answered_in_order(line):
    items = [
        {"id": f"t{number}", "function": {"name": name, "arguments": {"date": "2026-11-24"}}}
        for number, name in enumerate(["checkAvailability", "noSuchTool", "checkAvailability"])
    ]
    body = payloads.envelope("tool-calls", call_id="c1", assistant_id=line.assistant_id, toolCallList=items)

    results = line.post(body).json()["results"]

    assert [result["toolCallId"] for result in results] == ["t0", "t1", "t2"]
    assert "no tool called noSuchTool" in results[1]["result"]


@pytest.mark.parametrize("name", ["checkAvailability", "check-availability", "checkavailability"])
def test_each_tool_has_an_address_of_its_own(line, name):
    body = payloads.tool_call("", {"date": "2026-11-24"}, call_id="c1", assistant_id=line.assistant_id)
    answer = line.post(body, path=f"{TOOL}/{name}")
    assert content(answer.json())["success"]


def test_bare_arguments_are_understood_when_the_clinic_is_named(line):
    answer = line.post({"date": "2026-11-24"}, path=f"{TOOL}/check-availability?tenantId={line.org.pk}")
    assert content(answer.json())["success"]


def test_a_tool_call_without_a_call_id_is_still_answered(line, working_for):
    body = payloads.tool_call("checkAvailability", {"date": "2026-11-24"}, call_id="", tool_call_id="")
    body["message"]["call"]["assistantId"] = line.assistant_id
    assert content(line.post(body).json())["success"]
    with working_for(line.org):
        assert Call.objects.count() == 0


def test_an_unknown_clinic_is_told_so_and_not_left_in_silence(line, settings):
    body = payloads.tool_call("checkAvailability", {}, call_id="c1", assistant_id=str(uuid4()))
    answer = line.post(body, secret=settings.VAPI_WEBHOOK_SECRET).json()
    assert answer["results"][0]["toolCallId"] == "call_1"
    assert "try again later" in answer["speech"]


@pytest.mark.parametrize("path", ["/api/vapi/webhook", f"{TOOL}/checkAvailability"])
def test_tools_ask_for_the_secret_too(line, path):
    body = payloads.tool_call("checkAvailability", {}, call_id="c1", assistant_id=line.assistant_id)
    assert line.post(body, path=path, secret="wrong").status_code == 401


def test_another_clinics_diary_is_another_world(line, other_line, working_for):
    wish = {"start": "2026-11-24T10:00", "service": "Botox", "name": "Ana Reyes"}
    assert content(ask(line, "bookClinicAppointment", wish))["success"]
    assert content(ask(other_line, "bookClinicAppointment", wish, secret=other_line.secret))["success"]
    with working_for(other_line.org):
        assert Appointment.objects.count() == 1


def test_a_tool_that_breaks_still_says_something(line, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("disk on fire")

    monkeypatch.setattr("calls.tools.check_availability.find_slots", broken)
    answer = ask(line, "checkAvailability", {"date": "2026-11-24"})
    assert "call you back" in answer["speech"]
    assert "fire" not in json.dumps(answer)


def test_the_caller_can_come_the_day_after_summer_time_begins(line):
    with time_machine.travel(datetime(2027, 3, 26, 9, 0, tzinfo=UTC)):
        answer = ask(line, "checkAvailability", {"date": "2027-03-29"})
    assert content(answer)["slots"][0]["start"] == "2027-03-29T09:00+01:00"


def test_a_year_that_is_over_is_corrected_with_real_openings(line):
    tomorrow_last_year = (NOW - timedelta(days=365)).date().isoformat()
    answer = content(ask(line, "checkAvailability", {"date": tomorrow_last_year}))
    assert answer["alternatives"][0]["start"].startswith("2026-11-20")
