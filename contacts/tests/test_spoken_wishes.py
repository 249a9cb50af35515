"""What a caller wants of the price list, and what that is worth."""

from uuid import uuid4

import pytest

from contacts.default_services import DEFAULT_SERVICES
from contacts.models import Service
from contacts.spoken_wishes import Spoken, has_declined, services_named, value_of
from voxanne.money import to_minor

SERVICES = [
    Service(id=uuid4(), name=one.name, price_minor=to_minor(one.price, "GBP"), keywords=list(one.keywords))
    for one in sorted(DEFAULT_SERVICES, key=lambda one: one.name)
]


def said(*lines: str) -> list[Spoken]:
    """Lines of a call: "C: …" by the caller, "A: …" by the receptionist."""
    return [Spoken(line.startswith("C:"), line[2:]) for line in lines]


def read(*lines: str) -> dict[str, bool]:
    return {one.service.name: one.is_wanted for one in services_named(said(*lines), services=SERVICES)}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Hi, can I book Botox?", {"Botox": True}),
        ("I\u2019d like BOTOX injections, please", {"Botox": True}),
        ("I'm interested in a nose job and lip fillers.", {"Rhinoplasty": True, "Fillers": True}),
        ("do you have a face lift offer", {"Facelift": False}),
        ("I'd like Botox, and how much is a face lift?", {"Botox": True, "Facelift": False}),
        ("I want Botox and fillers and what about lipo", {"Botox": True, "Fillers": True, "Liposuction": False}),
        ("How much is a facelift?", {"Facelift": False}),
        ("I want to ask what liposuction costs", {"Liposuction": False}),
        ("Do I need a consultation?", {"Consultation": False}),
        ("Can I get a price for Botox", {"Botox": False}),
        ("I need to cancel my Botox appointment", {"Botox": False}),
        ("I don't want a facelift, I want fillers", {"Fillers": True}),
        ("I'd rather have Botox instead of a facelift", {}),
        ("I'm not interested in Botox", {}),
        ("My sister got botoxed", {}),
        ("Ich möchte Böötox", {}),
        ("", {}),
        ("\u202e\u0000 😀", {}),
    ],
)
def test_what_a_caller_says_is_wanted_or_only_asked_about(words, expected):
    assert read(f"C:{words}") == expected


def test_a_service_is_wanted_when_it_is_anywhere():
    assert read("C:How much is Botox?", "A:400 pounds.", "C:Fine, I want the Botox.") == {"Botox": True}


def test_what_the_receptionist_lists_is_nobodys_wish():
    assert read("A:We do Botox, fillers and facelifts. Shall I book one?", "C:Yes, please") == {}


def test_yes_to_a_question_about_one_service_is_a_wish():
    assert read("A:Would you like a consultation?", "C:Yes, please.") == {"Consultation": True}
    assert read("A:Would you like a consultation?", "C:Maybe later.") == {}
    assert read("A:A consultation it is.", "C:Yes.") == {}


@pytest.mark.parametrize(
    ("lines", "pounds"),
    [
        (["C:How much is a facelift?", "C:And Botox?"], 8000),
        (["C:I want Botox and fillers", "C:what would a facelift be?"], 900),
        (["C:hello"], 0),
    ],
)
def test_wanted_services_add_up_else_the_dearest_named_counts(lines, pounds):
    assert value_of(services_named(said(*lines), services=SERVICES)) == pounds * 100


def test_a_sum_never_outgrows_its_column():
    dear = [Service(id=uuid4(), name=f"T{n}", price_minor=2_000_000_000, keywords=[]) for n in range(3)]
    assert value_of(services_named(said("C:I want t0, t1, t2"), services=dear)) == 2_147_483_647


@pytest.mark.parametrize(
    ("words", "declined"),
    [
        ("I'm not interested, thank you", True),
        ("that's too expensive for me", True),
        ("I\u2019ve changed my mind", True),
        ("please stop calling", True),
        ("I found another clinic", True),
        ("don't call me back before noon", False),
        ("I can't do Tuesday, I'll leave Wednesday free", False),
        ("no, the other one", False),
        ("is it expensive?", False),
    ],
)
def test_a_no_for_good_is_told_from_a_no(words, declined):
    assert has_declined(said(f"C:{words}")) is declined
    assert has_declined(said(f"A:{words}")) is False
