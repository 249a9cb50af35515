"""Hebrew and Arabic as they stand on paper."""

import unicodedata

import pytest

from calls.actions.right_to_left import in_written_order, is_right_to_left, join_letters


def forms_in(text):
    """What the Unicode database says of each letter's form."""
    return [unicodedata.decomposition(letter).partition(" ")[0].strip("<>") for letter in text]


@pytest.mark.parametrize(
    ("text", "answer"), [("Hello", False), ("", False), ("10:30", False), ("Hi שלום", True), ("مرحبا", True)]
)
def test_which_text_is_written_from_right_to_left(text, answer):
    assert is_right_to_left(text) is answer


def test_letters_take_the_form_of_their_place():
    assert forms_in(join_letters("بيت")) == ["initial", "medial", "final"]
    assert forms_in(join_letters("ب")) == ["isolated"]
    assert forms_in(join_letters("دار")) == ["isolated", "isolated", "isolated"]


def test_lam_and_alef_are_written_as_one():
    (letter,) = join_letters("لا")
    assert unicodedata.name(letter) == "ARABIC LIGATURE LAM WITH ALEF ISOLATED FORM"
    assert len(join_letters("سلام")) == 3


def test_marks_do_not_part_letters():
    plain, marked = join_letters("بت"), join_letters("بَت")
    assert [letter for letter in marked if not unicodedata.combining(letter)] == list(plain)


def test_other_scripts_stay():
    assert join_letters("Ana שלום 10:30 😀") == "Ana שלום 10:30 😀"


def test_brackets_open_towards_their_words():
    assert in_written_order("א (ב) ג") == "ג (ב) א"
    assert in_written_order("see (this)") == "see (this)"


def test_numbers_stay_from_left_to_right_within_hebrew():
    written = in_written_order("שעה 10:30")
    assert "10:30" in written
    assert written.endswith("העש")
