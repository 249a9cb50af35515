"""Words that mean danger: what is heard as one, what is not, and what is said then."""

import json
import time

import pytest

from calls.models import ToolInvocation
from calls.tests import payloads
from calls.tests.red_flag_sentences import DANGER, NO_DANGER
from calls.tools.red_flags import RED_FLAGS, answer_emergency, find_red_flag, find_red_flags
from scheduling.models import Appointment

SAID = [(words, key) for key, sentences in DANGER.items() for words in sentences]


def test_the_measure_is_large_enough():
    assert len(SAID) + len(NO_DANGER) >= 120


@pytest.mark.parametrize(("words", "key"), SAID)
def test_danger_is_heard(words, key):
    assert key in [flag.key for flag in find_red_flags(words)]


@pytest.mark.parametrize("words", NO_DANGER)
def test_ordinary_wishes_and_plain_denials_are_not_danger(words):
    assert find_red_flags({"notes": words}) == []


@pytest.mark.parametrize("phrase", [phrase for flag in RED_FLAGS for phrase in (*flag.phrases, *flag.always)])
def test_every_phrase_matches_itself(phrase):
    assert find_red_flag(phrase.replace("…", "the other").replace("*", "")) is not None


def test_the_first_phrases_can_be_said_as_they_are():
    assert not any("*" in flag.phrases[0] or "…" in flag.phrases[0] for flag in RED_FLAGS)


@pytest.mark.parametrize(
    "arguments",
    ["chest pain", ["chest pain"], {"a": {"b": ["x", "chest  pain!"]}}, {"name": "Ana", "start": 7, "n": "Chest-pain"}],
)
def test_it_is_found_wherever_it_stands(arguments):
    assert find_red_flag(arguments) is not None


@pytest.mark.parametrize("nothing", [None, 7, {}, [], {"chest pain": "Ana"}, {"a": None}])
def test_nothing_else_is_looked_at(nothing):
    assert find_red_flag(nothing) is None


@pytest.mark.parametrize(("country", "number"), [("GB", "999"), ("US", "911"), ("DE", "112"), ("", "112")])
def test_the_country_has_its_number(country, number):
    answer = answer_emergency(RED_FLAGS[0], country=country)

    assert f"call {number} now" in answer.line
    assert answer.content == {"success": False, "code": "emergency", "redFlag": "chest_pain", "number": number}


def test_long_texts_take_no_time():
    started = time.process_time()
    find_red_flag({"notes": "my chest los face throat skin tongue " * 700})
    assert time.process_time() - started < 0.5


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["bookClinicAppointment", "checkAvailability", "noSuchTool"])
def test_any_tool_answers_with_the_emergency_number(line, working_for, name, capture_live):
    body = payloads.tool_call(
        name,
        {"start": "2030-11-24T10:00", "name": "Ana Reyes", "notes": "I have chest pain", "date": "2030-11-24"},
        call_id="c1",
        assistant_id=line.assistant_id,
    )
    answer = line.post(body).json()

    assert "call 999 now" in answer["results"][0]["result"]
    assert json.loads(answer["toolResult"]["content"])["redFlag"] == "chest_pain"
    with working_for(line.org):
        assert Appointment.objects.count() == 0
        invocation = ToolInvocation.objects.get()
    assert (invocation.succeeded, invocation.answer["content"]["code"]) == (False, "emergency")
    assert capture_live == [{"alert": "red_flag", "id": str(invocation.call_id)}]


@pytest.fixture
def capture_live(monkeypatch):
    """The alerts that open dashboards are told of."""
    told = []

    def publish(org_id, kind, **ids):
        if "alert" in ids:
            told.append({name: str(value) for name, value in ids.items()})

    monkeypatch.setattr("calls.urgent.publish_on_commit", publish)
    return told
