"""Answering, dismissing and bringing back; what is asked again in vain is open again."""

from uuid import uuid4

import pytest

from knowledge import documents
from knowledge.models import KnowledgeDocument
from knowledge.questions import settling
from knowledge.questions.selectors import QuestionState, get_group, list_groups
from knowledge.tests.questions.test_noting import note
from orgs.actors import Actor
from orgs.models import AuditEntry
from voxanne.errors import NotFound

pytestmark = pytest.mark.django_db


def texts(state):
    return [(group.text, group.times) for group in list_groups(state=state)[0]]


@pytest.fixture
def clinic(north, working_for):
    """Inside the clinic's transaction, where two callers asked about dogs and one about Bupa."""
    with working_for(north):
        note(north, "Can I bring my dog?")
        note(north, "Do you take Bupa?")
        note(north, "Are dogs allowed?")
        yield north


def question(text):
    return next(group.id for group in list_groups(state=QuestionState.OPEN)[0] if text in group.text)


def answer(org, question_id, text="Dogs may wait with you."):
    return settling.answer_question(
        org=org, question_id=question_id, title="Are dogs allowed?", text=text, actor=Actor.system(org.pk)
    )


def test_an_answer_is_a_text_and_answers_all_of_its_meaning(clinic):
    dogs = question("dogs")
    document = answer(clinic, dogs)
    assert answer(clinic, dogs, "Sent twice.") == document

    assert (document.title, document.source, document.text) == ("Are dogs allowed?", "text", "Dogs may wait with you.")
    assert KnowledgeDocument.objects.count() == 1
    assert texts(QuestionState.OPEN) == [("Do you take Bupa?", 1)]
    assert texts(QuestionState.ANSWERED) == [("Are dogs allowed?", 2)]
    group = get_group(dogs)
    assert (group.document_id, group.document_title, group.times) == (document.pk, "Are dogs allowed?", 2)


def test_what_is_asked_again_in_vain_is_open_again(clinic):
    answer(clinic, question("dogs"))
    settling.dismiss_question(org=clinic, question_id=question("Bupa"), actor=Actor.system(clinic.pk))
    assert texts(QuestionState.OPEN) == []

    note(clinic, "May my dog come in?", "Is Bupa okay?")

    assert sorted(texts(QuestionState.OPEN)) == [("Is Bupa okay?", 1), ("May my dog come in?", 1)]


def test_a_deleted_answer_opens_its_questions(clinic):
    document = answer(clinic, question("dogs"))
    documents.delete(org=clinic, document_id=document.pk, actor=Actor.system(clinic.pk))

    assert ("Are dogs allowed?", 2) in texts(QuestionState.OPEN)


def test_dismissing_can_be_taken_back_and_takes_nothing_else_back(clinic):
    actor, dogs = Actor.system(clinic.pk), question("dogs")
    settling.dismiss_question(org=clinic, question_id=dogs, actor=actor)
    settling.dismiss_question(org=clinic, question_id=dogs, actor=actor)
    note(clinic, "a dog?")
    later = question("a dog")
    settling.dismiss_question(org=clinic, question_id=later, actor=actor)
    assert texts(QuestionState.DISMISSED)[1:] == []

    settling.bring_back(org=clinic, question_id=dogs, actor=actor)
    settling.bring_back(org=clinic, question_id=dogs, actor=actor)

    assert ("Are dogs allowed?", 2) in texts(QuestionState.OPEN)
    assert texts(QuestionState.DISMISSED) == [("a dog?", 1)]
    deeds = AuditEntry.objects.filter(action__startswith="knowledge.question_").values_list("action", flat=True)
    assert sorted(deeds) == ["knowledge.question_dismissed"] * 2 + ["knowledge.question_reopened"]


def test_a_question_that_is_not_there_is_not_found(clinic):
    for deed in (settling.dismiss_question, settling.bring_back):
        with pytest.raises(NotFound):
            deed(org=clinic, question_id=uuid4(), actor=Actor.system(clinic.pk))
    with pytest.raises(NotFound):
        answer(clinic, uuid4())
