"""A caller who finds nothing can wait for a day and a service."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from calls.tests import payloads
from calls.tests.test_tools import ask, content
from calls.tools.registry import TOOLS
from calls.tools.schema import json_schema
from scheduling.models import AppointmentSource, WaitlistEntry
from scheduling.tests.factories import close, set_hours
from telephony.tests.texting import connect_twilio

pytestmark = pytest.mark.django_db
MOBILE = "+447911000001"
WISH = {"date": "2026-11-24", "service": "Botox", "timePreference": "morning"}
JOIN = {**WISH, "joinWaitlist": True, "name": "Ana Reyes", "phone": MOBILE}


@pytest.fixture(autouse=True)
def _friday():
    with time_machine.travel(datetime(2026, 11, 20, 9, 0, tzinfo=UTC), tick=True):
        yield


@pytest.fixture
def full(line, working_for):
    """Tuesday has one visit to give, at nine, and somebody has it."""
    connect_twilio(line.org)
    with working_for(line.org):
        set_hours((1, "09:00", "09:45"))
    ask(line, "bookClinicAppointment", {"start": "2026-11-24T09:00", "service": "Botox", "name": "Dee Diaz"})
    return line


@pytest.fixture
def waiting(full, working_for):
    """Who waits, as it stands."""

    def rows():
        with working_for(full.org):
            return list(WaitlistEntry.objects.select_related("contact", "service", "call").order_by("created_at"))

    return rows


def test_where_nothing_is_free_waiting_is_offered(full):
    answer = ask(full, "checkAvailability", WISH, tool_call_id="t2")
    assert answer["speech"].startswith("Nothing is free on Tuesday 24 November. The next openings are")
    assert answer["speech"].endswith("I can also put you on the waiting list and text you if something opens up.")


def test_a_caller_is_put_on_the_list_and_told_so(full, waiting):
    answer = ask(full, "checkAvailability", JOIN, tool_call_id="t2")
    assert answer["speech"] == (
        "You are on the waiting list for Botox on Tuesday 24 November. If something opens up, we will text you."
    )
    [entry] = waiting()
    assert content(answer)["waitlistEntryId"] == str(entry.pk)
    assert (entry.patient_name, entry.contact.phone, entry.service.name) == ("Ana Reyes", MOBILE, "Botox")
    assert (entry.first_day, entry.last_day, entry.part_of_day) == (date(2026, 11, 24), date(2026, 11, 24), "morning")
    assert entry.call is not None
    assert (entry.created_by, entry.contact.source) == (None, AppointmentSource.AI_CALL)


def test_asked_again_they_stand_there_once(full, waiting):
    for number in range(3):
        assert content(ask(full, "checkAvailability", JOIN, tool_call_id=f"t{number + 2}"))["success"] is True
    assert len(waiting()) == 1


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        ({"name": " "}, "name_missing", "full name"),
        ({"phone": "12"}, "phone_missing", "mobile number"),
        ({"phone": "020 7946 0000"}, "no_mobile", "cannot receive text messages"),
        ({"date": "2026-11-25"}, "nothing_can_open", "another day"),
        ({"date": "2025-11-25"}, "bad_date", "in the past"),
        ({"service": "Surgery"}, "unknown_service", "We do not offer"),
        ({"joinWaitlist": "perhaps"}, "bad_arguments", "joinWaitlist"),
    ],
)
def test_what_is_missing_is_asked_for(full, waiting, change, code, said):
    answer = ask(full, "checkAvailability", {**JOIN, **change}, tool_call_id="t2")
    assert (content(answer)["success"], content(answer)["code"]) == (False, code)
    assert said in answer["speech"]
    assert waiting() == []


@pytest.mark.parametrize("said", [True, "true", "yes", 1])
def test_a_yes_may_be_written_in_many_ways(full, waiting, said):
    ask(full, "checkAvailability", {**JOIN, "joinWaitlist": said}, tool_call_id="t2")
    assert len(waiting()) == 1


@pytest.mark.parametrize("said", [False, None, ""])
def test_without_a_yes_nobody_is_put_there(full, waiting, said):
    ask(full, "checkAvailability", {**JOIN, "joinWaitlist": said}, tool_call_id="t2")
    assert waiting() == []


def test_who_asks_for_what_is_free_is_offered_it(full, waiting, working_for):
    with working_for(full.org):
        set_hours((1, "09:00", "17:00"))
    answer = ask(full, "checkAvailability", JOIN, tool_call_id="t2")
    assert answer["speech"].startswith("There is no need to wait: I have Tuesday 24 November at 10 am")
    assert waiting() == []


def test_a_time_of_day_waits_for_its_part_of_the_day(full, waiting, working_for):
    with working_for(full.org):
        set_hours((1, "09:00", "17:00"))
    wish = {**JOIN, "date": "Tuesday at nine", "timePreference": ""}
    ask(full, "checkAvailability", wish, tool_call_id="t2")
    assert [entry.part_of_day for entry in waiting()] == ["morning"]


def test_the_number_that_calls_is_the_one_to_text(full, waiting):
    ask(full, "checkAvailability", {**JOIN, "phone": ""}, tool_call_id="t2")
    assert [entry.contact.phone for entry in waiting()] == [payloads.CALLER]


def test_where_nobody_can_be_texted_no_text_is_promised(line, working_for):
    with working_for(line.org):
        close(date(2026, 11, 24), part=("09:30", "17:00"))
    ask(line, "bookClinicAppointment", {"start": "2026-11-24T09:00", "service": "Botox", "name": "Dee Diaz"})
    answer = ask(line, "checkAvailability", JOIN, tool_call_id="t2")
    assert answer["speech"].endswith("If something opens up, the team will ring you.")


def test_a_closed_day_is_no_day_to_wait_for(full):
    answer = ask(full, "checkAvailability", {"date": "2026-11-22"}, tool_call_id="t2")
    assert "waiting list" not in answer["speech"]


def test_danger_comes_before_the_list(full, waiting):
    answer = ask(full, "checkAvailability", {**JOIN, "name": "I have chest pain"}, tool_call_id="t2")
    assert content(answer)["code"] == "emergency"
    assert waiting() == []


def test_the_model_is_told_what_it_may_pass():
    schema = json_schema(TOOLS["checkAvailability"].arguments)
    assert schema["properties"]["joinWaitlist"]["type"] == "boolean"
    assert schema["required"] == []
    assert "joinWaitlist" in TOOLS["checkAvailability"].description
