"""Whatever a model, a caller or somebody hostile puts into a tool: HTTP 200, a line that helps, nothing leaked."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
import time_machine

from calls.models import Call, ToolInvocation
from calls.tests import payloads
from calls.tools.dispatch import TROUBLE
from calls.tools.registry import TOOLS
from contacts.tests.factories import make_contact
from orgs.models import IntegrationSettings, Organization
from scheduling.models import Appointment
from scheduling.tests.factories import close, make_appointment
from voxanne.clock import now

pytestmark = pytest.mark.django_db
# A Friday morning in London, the clinic's zone.
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
TOOL = "/api/vapi/tools"
NAMES = sorted(TOOLS)


@pytest.fixture(autouse=True)
def _friday():
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture(autouse=True)
def posted(monkeypatch):
    """Every request that anything here sends out."""
    found: list[Any] = []
    monkeypatch.setattr("requests.Session.request", lambda _, method, url, **__: found.append((method, url)))
    return found


@pytest.fixture
def ask(line, django_capture_on_commit_callbacks):
    """Ask one tool as Vapi does, and check what every answer has to be."""

    def asked(name, arguments, **changes):
        body = payloads.tool_call(
            name, arguments, call_id=str(uuid4()), tool_call_id="t1", assistant_id=line.assistant_id
        )
        body["message"].update(changes)
        with django_capture_on_commit_callbacks(execute=True):
            response = line.post(body)
        assert response.status_code == 200
        return check(response.json())

    return asked


def check(answer):
    """Both forms, one line, something to say; never that something broke. Returns the answer's data."""
    for result in answer["results"]:
        assert isinstance(result["result"], str)
        assert result["result"].strip()
        assert not set(result["result"]) & {"\n", "\r"}
        assert not any(word in result["result"] for word in ("Traceback", "Exception", "None", "DETAIL", "{"))
    content = json.loads(answer["toolResult"]["content"])
    assert content.get("code") != TROUBLE.content["code"], answer
    return {**content, "spoken": answer["speech"]}


BOOKING = {"service": "Botox", "name": "Ana Reyes"}
DATES: list[tuple[str, dict[str, str], str]] = [
    ("checkAvailability", {"date": "2026-11-19"}, "in the past"),
    ("checkAvailability", {"date": "2020-01-01"}, "in the past"),
    ("checkAvailability", {"date": "yesterday"}, "in the past"),
    ("checkAvailability", {"date": "2027-02-31"}, "Today is Friday 20 November 2026"),
    ("checkAvailability", {"date": "31 February"}, "Today is"),
    ("checkAvailability", {"date": "2026-13-45"}, "Today is"),
    ("checkAvailability", {"date": "the twelfth of never"}, "Today is"),
    ("checkAvailability", {"startDate": "2026-12-10", "endDate": "2026-12-01"}, "the other way round"),
    ("checkAvailability", {"startDate": "0001-01-01", "endDate": "9999-12-31"}, ""),
    ("checkAvailability", {"date": "9999-12-31"}, "too far ahead"),
    ("checkAvailability", {"date": "2026-11-22"}, "Nothing is free on Sunday 22 November"),
    ("checkAvailability", {"date": "2026-11-25"}, "Nothing is free on Wednesday 25 November"),
    ("checkAvailability", {"date": "2027-03-28"}, "Nothing is free"),
    ("checkAvailability", {"date": "2026-11-24", "service": "Teeth whitening"}, "We do not offer Teeth whitening"),
    ("checkAvailability", {"date": "2026-11-24", "practitioner": "Dr Nobody"}, "Nobody called Dr Nobody works here"),
    ("checkAvailability", {"hold": "2026-02-31T10:00"}, ""),
    ("checkAvailability", {"hold": "soon"}, ""),
    ("bookClinicAppointment", {**BOOKING, "start": "2026-11-19T10:00"}, "in the past"),
    ("bookClinicAppointment", {**BOOKING, "start": "2026-02-31T10:00"}, ""),
    ("bookClinicAppointment", {**BOOKING, "start": "2027-02-31T10:00"}, ""),
    ("bookClinicAppointment", {**BOOKING, "start": "2026-11-22T10:00"}, "closed on Sunday 22 November"),
    ("bookClinicAppointment", {**BOOKING, "start": "2026-11-25T10:00"}, "closed on Wednesday 25 November"),
    ("bookClinicAppointment", {**BOOKING, "start": "2027-03-28T01:30"}, ""),
    ("bookClinicAppointment", {**BOOKING, "start": "2027-10-31T01:30"}, ""),
    ("bookClinicAppointment", {**BOOKING, "start": "2026-11-24T25:00"}, ""),
    ("bookClinicAppointment", {**BOOKING, "start": "24 November"}, "time as well as the day"),
    ("bookClinicAppointment", {**BOOKING, "start": "9999-12-31T23:59"}, ""),
    ("bookClinicAppointment", {**BOOKING, "start": "0001-01-01T00:00"}, ""),
    ("bookClinicAppointment", {**BOOKING, "start": "2026-11-24T10:00", "service": "A unicorn"}, "We do not offer"),
    ("bookClinicAppointment", {**BOOKING, "start": "2026-11-24T10:00", "practitioner": "Dr Who"}, "Nobody called"),
    ("bookClinicAppointment", {**BOOKING, "start": "2026-11-24T10:00", "phone": "12"}, "number"),
    ("rescheduleAppointment", {"reference": "ZZ9999", "name": "Ana Reyes", "newStart": "2027-02-31T10:00"}, ""),
    ("rescheduleAppointment", {"name": "Ana Reyes", "dateOfBirth": "31 February"}, "date of birth"),
    ("cancelAppointment", {"name": "Ana Reyes", "dateOfBirth": "1990-02-31"}, "date of birth"),
    ("cancelAppointment", {"reference": "ZZ9999", "name": "Ana Reyes", "confirmed": "perhaps"}, ""),
    ("lookupCaller", {"searchKey": "Ana", "searchType": "horoscope"}, "searchType"),
    ("lookupCaller", {"searchKey": "not a number", "searchType": "phone"}, "No record"),
    ("transferCall", {"department": "the moon"}, "Nobody can be reached"),
    ("getKnowledgeBase", {"query": ""}, "query"),
]


@pytest.mark.parametrize("question", DATES, ids=lambda question: f"{question[0]} {question[1]}")
def test_wrong_days_names_and_numbers_come_back_as_corrections(line, ask, working_for, question):
    name, arguments, words = question
    with working_for(line.org):
        close(datetime(2026, 11, 25, tzinfo=UTC).date())
    answer = ask(name, arguments)

    assert words in answer["spoken"]
    assert not answer.get("appointmentId")
    with working_for(line.org):
        assert Appointment.objects.count() == 0


@pytest.mark.parametrize(("start", "accepted"), [("2027-03-28T01:30", False), ("2027-03-28T02:30", True)])
def test_a_time_that_the_clock_skips_is_refused_and_the_next_is_not(line, ask, working_for, start, accepted):
    """On the day when the clock goes forward, of a clinic that is open all night."""
    with working_for(line.org):
        open_all_night()
    with time_machine.travel(datetime(2027, 3, 20, 9, 0, tzinfo=UTC)):
        answer = ask("bookClinicAppointment", {"start": start, "name": "Ana Reyes"})
    assert answer["success"] == accepted


def test_of_an_hour_that_comes_twice_the_first_is_offered(line, ask, working_for):
    with working_for(line.org):
        open_all_night()
    wish = {"name": "Ana Reyes"}
    with time_machine.travel(datetime(2026, 10, 20, 9, 0, tzinfo=UTC)):
        first = ask("bookClinicAppointment", {**wish, "start": "2026-10-25T01:30"})
        second = ask("bookClinicAppointment", {**wish, "start": "2026-10-25T01:30+00:00"})
        third = ask("bookClinicAppointment", {**wish, "start": "2026-10-25T01:30"})
    assert (first["success"], first["start"]) == (True, "2026-10-25T01:30+01:00")
    assert [second["code"], third["code"]] == ["slot_not_offered", "slot_taken"]


def open_all_night():
    from scheduling.tests.factories import set_hours

    set_hours(*((day, "00:00", "00:00") for day in range(7)))


ARGUMENTS = [
    None, "", "{}", "null", "[]", "7", '"text"', "{broken", "{'date': 'x'}", [], [1], 7, True, {},
    {"date": None}, {"date": 7}, {"date": ["2026-11-24"]}, {"date": {"a": 1}}, {"start": True}, {"start": {}},
    {"name": "x" * 5000, "start": "2026-11-24T10:00"}, {"searchKey": "%' OR 1=1 --", "searchType": "name"},
    {"query": "\u0000\ud83d"}, {"reference": "\u202e" * 40, "name": "\x00"}, {"unknown": {"deep": [[[[[[1]]]]]]}},
    '{"date": "2026-11-24"}', '{"date": "2026-11-24", "date": "2026-11-25"}', '"{\\"date\\": \\"2026-11-24\\"}"',
    "[" * 5000, {"__class__": "x", "org_id": str(uuid4())}, {"name": "<script>alert(1)</script>"},
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("arguments", ARGUMENTS, ids=lambda value: repr(value)[:30])
def test_arguments_of_any_form_are_answered(line, ask, name, arguments):
    ask(name, arguments)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("place", ["arguments", "parameters", "function.arguments", "function.parameters", "bare"])
def test_arguments_are_found_wherever_they_stand(line, name, place):
    arguments = {"date": "2026-11-24", "query": "prices"}
    if place == "bare":
        check(line.post({**arguments, "call": {"assistantId": line.assistant_id}}, path=f"{TOOL}/{name}").json())
        return
    item: dict[str, Any] = {"id": "t1", "name": name, "function": {"name": name}}
    holder = item["function"] if place.startswith("function.") else item
    holder[place.removeprefix("function.")] = json.dumps(arguments)
    body = payloads.envelope("tool-calls", call_id="c1", assistant_id=line.assistant_id, toolCalls=[item])
    check(line.post(body).json())


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("call", [None, {}, "x", 7, [], {"id": None}, {"id": {"a": 1}}, {"id": "x" * 500}])
def test_a_missing_or_odd_call_is_no_obstacle(line, name, call):
    body = payloads.tool_call(name, {"date": "2026-11-24"}, call_id="c1", assistant_id=line.assistant_id)
    body["message"]["call"] = call
    check(line.post(body).json())


@pytest.mark.parametrize("name", NAMES)
def test_fifty_tools_in_one_message_get_fifty_answers_in_order(line, name, working_for):
    items = [
        {"id": f"t{number}", "function": {"name": name, "arguments": {"date": "2026-11-24", "query": "x"}}}
        for number in range(60)
    ]
    body = payloads.envelope("tool-calls", call_id="c1", assistant_id=line.assistant_id, toolCallList=items)
    answer = line.post(body).json()
    check(answer)
    assert [result["toolCallId"] for result in answer["results"]] == [f"t{number}" for number in range(50)]
    with working_for(line.org):
        assert ToolInvocation.objects.count() == 50


@pytest.fixture
def secrets(south: Organization, working_for):
    """What another clinic has, and what must never be heard here."""
    with working_for(south):
        contact = make_contact(name="Zelda Secretly", phone=payloads.CALLER, email="zelda@south.example")
        visit = make_appointment(now(), contact=contact, patient_name="Zelda Secretly", reference="SC4827")
        call = Call.objects.create(vapi_call_id="theirs", call_sid="vapi-theirs")
    return {"contact": contact, "visit": visit, "call": call}


def test_what_another_clinic_has_is_neither_told_nor_changed(line, ask, south, secrets, working_for):
    facts = {"reference": "SC4827", "name": "Zelda Secretly", "phone": payloads.CALLER}
    questions = [
        ("rescheduleAppointment", {**facts, "newStart": "2026-11-24T10:00"}),
        ("cancelAppointment", {**facts, "confirmed": True}),
        ("cancelAppointment", {"reference": str(secrets["visit"].pk), "name": "Zelda Secretly", "confirmed": True}),
        *(("lookupCaller", {"searchKey": key, "searchType": kind}) for key, kind in LOOKED_FOR),
        ("bookClinicAppointment", {"start": "2026-11-24T10:00", "name": "Ana", "practitioner": "South"}),
    ]
    for name, arguments in questions:
        heard = json.dumps(ask(name, {**arguments, "org_id": str(south.pk), "tenantId": str(south.pk)}))
        assert "Secretly" not in heard
        assert str(secrets["contact"].pk) not in heard
    with working_for(south):
        assert Appointment.objects.get().status == "confirmed"
        assert ToolInvocation.objects.count() == 0


LOOKED_FOR = [("Zelda Secretly", "name"), ("zelda@south.example", "email"), (payloads.CALLER, "phone")]


def test_another_clinics_call_id_is_a_call_of_ones_own(line, south, secrets, working_for):
    body = payloads.tool_call("checkAvailability", {}, call_id="theirs", assistant_id=line.assistant_id)
    check(line.post(body).json())
    with working_for(line.org):
        assert Call.objects.get().pk != secrets["call"].pk
    with working_for(south):
        assert ToolInvocation.objects.count() == 0


HOSTILE = [
    "http://api.vapi.ai/call/c1/control", "https://evil.example/control", "https://vapi.ai.evil.example/control",
    "https://evilvapi.ai/x", "https://vapi.ai@evil.example/x", "https://vapi.ai:pw@evil.example/x",
    "https://evil.example#@vapi.ai/", "https://evil.example?.vapi.ai", "https://evil.example\\@vapi.ai/x",
    "https://127.0.0.1/x", "https://[::1]/x", "https://169.254.169.254/latest/meta-data", "https://2130706433/x",
    "https://vapi.ai:8443/x", "https://vapi.ai:0/x", "https://vаpi.ai/x", "https://vapi。ai.evil.example/x",
    "https://ｖａｐｉ.ai.evil.example/", "https://vapi.ai%2eevil.example/", "https://vapi.ai\t.evil.example/",
    "https://vapi.ai\n.evil.example/x", "//vapi.ai/x", "ftp://vapi.ai/x", "file:///etc/passwd", "javascript:alert(1)",
    "https://", "https://[", "x" * 5000, "https://vapi.ai:99999/x", "https://.vapi.ai.evil.example", " ", 7, None,
    ["https://vapi.ai"], {"a": 1},
]  # fmt: skip


@pytest.mark.parametrize("address", HOSTILE, ids=lambda value: repr(value)[:40])
def test_nothing_is_ever_posted_to_a_hostile_control_address(line, steer, posted, address):
    for body in steering(line):
        assert steer(body, address).status_code == 200
    assert posted == []


def test_a_genuine_address_is_told_once_each(line, steer, posted):
    """Redirections are never followed: see `voxanne.http`."""
    for body in steering(line):
        steer(body, "https://phone.api.vapi.ai/c1/control")
    assert posted == [("POST", "https://phone.api.vapi.ai/c1/control")] * 2


def steering(line):
    """What has a call steered: a wish to be put through, and danger."""
    same = {"call_id": "c1", "assistant_id": line.assistant_id}
    return (
        payloads.tool_call("transferCall", {"summary": "x"}, **same),
        payloads.transcript("user", "I have chest pain", at=5, **same),
    )


@pytest.fixture
def steer(line, working_for, settings, django_capture_on_commit_callbacks):
    settings.SEND_IN_BACKGROUND = False
    with working_for(line.org):
        IntegrationSettings.objects.update(transfer_phone_number="+442079460300")

    def steered(body, address):
        body["message"]["call"]["monitor"] = {"controlUrl": address}
        with django_capture_on_commit_callbacks(execute=True):
            answer = line.post(body)
        with working_for(line.org):
            assert "control" not in json.dumps(Call.objects.get().facts)
        return answer

    return steered
