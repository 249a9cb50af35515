"""What patients text back: the words that count, however they are typed, and everything that a person has to read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.reminders.answers import Answer, read_answer

COMES = ("c", "confirm", "yes", "confirmed", "ok", "y")
CHANGE = ("r", "reschedule", "change", "rearrange")
AROUND = st.lists(st.sampled_from(["please", "thanks", "it", "hi", "pls"]), max_size=2)
MARKS = st.text(" \t\n.,!…-:;)(\"'*", max_size=4)


def typed(data: st.DataObject, word: str) -> str:
    """A word as people type it: any case, with politeness and punctuation around it."""
    words = [*data.draw(AROUND), word, *data.draw(AROUND)]
    cased = [data.draw(st.sampled_from([part.lower(), part.upper(), part.title()])) for part in words]
    return data.draw(MARKS) + (data.draw(MARKS) + " ").join(cased) + data.draw(MARKS)


@given(st.data(), st.sampled_from(COMES))
def test_a_yes_counts_however_it_is_typed(data, word):
    assert read_answer(typed(data, word)) is Answer.COMES


@given(st.data(), st.sampled_from(CHANGE))
def test_a_wish_for_another_time_counts_however_it_is_typed(data, word):
    assert read_answer(typed(data, word)) is Answer.CHANGE


@given(st.text(max_size=120))
def test_no_text_breaks_the_reading(text):
    assert read_answer(text) in {None, *Answer}


@given(st.data(), st.sampled_from((*COMES, *CHANGE)), st.sampled_from(["not", "no", "later", "tomorrow", "dr", "5pm"]))
def test_a_word_that_is_not_known_leaves_it_to_people(data, word, unknown):
    assert read_answer(f"{typed(data, word)} {unknown}") is None


@given(st.sampled_from(COMES), st.sampled_from(CHANGE))
def test_both_at_once_are_left_to_people(yes, change):
    assert read_answer(f"{yes} {change}") is None
    assert read_answer(f"{change} {yes}") is None


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("👍", Answer.COMES),
        ("👍🏽", Answer.COMES),
        ("👍👍!", Answer.COMES),
        ("✅ thanks", Answer.COMES),
        ("c please", Answer.COMES),
        ("\uff23", Answer.COMES),  # a full-width C
        ("Yes, I'll be there", Answer.COMES),
        ("“R”", Answer.CHANGE),
        ("Can I change it?", Answer.CHANGE),
        ("I'd like to reschedule, please.", Answer.CHANGE),
    ],
)
def test_what_people_write(text, answer):
    assert read_answer(text) is answer


@pytest.mark.parametrize(
    "text",
    [
        *("", "   ", "👎", "👍 👎", "no", "1", "can't confirm", "don't change it", "would it be ok?", "ok?", "stop"),
        *("Is parking free?", "I will be there", "c" * 81, "yes but 10 minutes late", "sí", "cr"),
    ],
)
def test_what_a_person_has_to_read(text):
    assert read_answer(text) is None
