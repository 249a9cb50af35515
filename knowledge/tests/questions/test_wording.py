"""Which questions are one: what they are about counts, not what is said around it."""

import pytest

from knowledge.questions.wording import choose_key, find_stems

pytestmark = pytest.mark.django_db

ALIKE = (
    ("Are dogs allowed in the clinic?", "Can I bring my dog?", "dogs"),
    ("Do you take Bupa insurance?", "bupa insurance", "Hi, do you accept Bupa dental insurance please?"),
    ("Is there somewhere to park?", "Where can I park?", "parking available"),
    ("How much is teeth whitening?", "teeth whitening", "Do you offer teeth whitening at your practice?"),
    ("Kann ich mit Karte bezahlen", "kann ich mit karte bezahlen?"),
    ("It's [PHONE]. Do you take Amex?", "Is Amex ok?"),
)
APART = (
    ("Do you take Bupa insurance?", "Do you take Amex?"),
    ("parking", "parking fines for ambulances"),
    ("Can I bring my dog?", "Can I bring my son?"),
    ("laser hair removal", "laser tattoo removal"),
    ("When do you open on Sunday?", "Where do I go on Sunday for an emergency?"),
)


def test_the_same_question_in_other_words_has_the_same_key():
    for alike in ALIKE:
        known: dict[str, None] = {}
        for stems in find_stems(alike):
            known[choose_key(stems, known)] = None
        assert len(known) == 1, (alike, list(known))


def test_other_questions_have_other_keys():
    for apart in APART:
        known: dict[str, None] = {}
        for stems in find_stems(apart):
            known[choose_key(stems, known)] = None
        assert len(known) == len(apart), (apart, list(known))


def test_a_question_of_nothing_but_small_words_still_has_a_key():
    keys = [" ".join(stems) for stems in find_stems(["What is it?", "?!", "Tell me", "🙂"])]

    assert all(keys)
    assert keys[0] == "is it what"


def test_the_nearest_of_several_is_chosen():
    assert choose_key(("bupa", "dental", "insur"), ["bupa insur", "bupa dental insur", "dog"]) == "bupa dental insur"
