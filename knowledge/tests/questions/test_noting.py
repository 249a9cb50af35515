"""Questions in vain are noted once, grouped by meaning, the newest first."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from knowledge.questions.models import KnowledgeQuestion
from knowledge.questions.noting import Asked, note_unanswered
from knowledge.questions.selectors import QuestionState, count_open, list_groups
from voxanne.cursors import Cursor

pytestmark = pytest.mark.django_db
ASKED = datetime(2026, 11, 20, 10, tzinfo=UTC)


def note(org, *texts, call_id=None, at=ASKED):
    call_id = call_id or uuid4()
    asked = [Asked(tool_call_id=f"t{number}", words=text, at=at) for number, text in enumerate(texts)]
    note_unanswered(org=org, call_id=call_id, asked=asked)
    return call_id


def opened(**more):
    return list_groups(state=QuestionState.OPEN, **more)


def test_a_call_noted_twice_is_noted_once(north, working_for, django_assert_num_queries):
    with working_for(north):
        call_id = note(north, "Do you take Bupa?", "Can I bring my dog?")
        with django_assert_num_queries(1):
            note(north, "Do you take Bupa?", "Can I bring my dog?", call_id=call_id)
        with django_assert_num_queries(0):
            note(north, "  ")
        assert KnowledgeQuestion.objects.count() == 2
        assert count_open() == 2


def test_questions_of_one_meaning_are_one_with_their_calls(north, working_for):
    with working_for(north):
        calls = [
            note(north, text, at=ASKED + timedelta(hours=hour))
            for hour, text in enumerate(("Can I bring my dog?", "Are dogs allowed?", "dogs", "a dog with me?"))
        ]
        note(north, "Do you take Bupa?", at=ASKED + timedelta(hours=2))
        (dogs, bupa), following = opened()

    assert (dogs.text, dogs.times, dogs.other_calls, following) == ("a dog with me?", 4, 1, None)
    assert [one.call_id for one in dogs.calls] == calls[:0:-1]
    assert (bupa.text, bupa.times) == ("Do you take Bupa?", 1)


def test_a_page_ends_where_the_next_begins(north, working_for, django_assert_num_queries):
    with working_for(north):
        for number in range(27):
            note(
                north,
                f"Do you treat {'abcdefghijklmnopqrstuvwxyzä'[number]}itis?",
                at=ASKED + timedelta(minutes=number),
            )
        with django_assert_num_queries(2):
            first, following = opened()
        assert isinstance(following, Cursor)
        second, end = opened(after=following)
        shown, again = opened(down_to=following)

    assert (len(first), len(second), end) == (25, 2, None)
    assert not {one.id for one in first} & {one.id for one in second}
    assert ([one.id for one in shown], again) == ([one.id for one in first], following)


def test_another_clinic_sees_nothing_of_it(north, south, working_for):
    with working_for(north):
        note(north, "Do you take Bupa?")
    with working_for(south):
        assert opened() == ([], None)
