"""A clinic's own words, with a visit filled in."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from scheduling.reminders.choices import say_lead
from scheduling.reminders.texts import VARIABLES, VisitFacts, fill, unknown_variables

FACTS = VisitFacts(
    name="Ana", clinic="North Clinic", service="Botox", starts_at=datetime(2026, 7, 7, 9, 30, tzinfo=UTC),
    zone=ZoneInfo("Europe/London"), reference="KM4827", phone="020 7946 0000",
)  # fmt: skip


@time_machine.travel(datetime(2026, 7, 1, tzinfo=UTC))
def test_every_variable_is_filled_by_the_clinics_clock():
    text = "|".join(f"{{{name}}}" for name in VARIABLES)
    assert fill(text, FACTS) == "Ana|North Clinic|Botox|Tuesday 7 July|10:30|KM4827|020 7946 0000"


@pytest.mark.parametrize("written", ["{name}", "{ name }", "{Name}"])
def test_a_variable_may_be_written_loosely(written):
    assert fill(f"Hi {written}!", FACTS) == "Hi Ana!"
    assert unknown_variables(written) == []


def test_what_is_unknown_is_named_once_and_stays():
    assert unknown_variables("{nme} {nme} {name} {x y}") == ["nme", "x y"]
    assert fill("{nme}", FACTS) == "{nme}"


@given(st.text(max_size=60))
def test_a_name_cannot_bring_variables_or_control_characters_into_a_text(name):
    facts = VisitFacts(**{**FACTS.__dict__, "name": name})
    filled = fill("{name}", facts)
    assert fill("{name}{name}", facts) == filled * 2
    assert "\x00" not in filled


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(10080, "7 days"), (1440, "24 hours"), (120, "2 hours"), (60, "1 hour"), (45, "45 minutes")],
)
def test_leads_are_said_as_people_do(minutes, said):
    assert say_lead(minutes) == said
