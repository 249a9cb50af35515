"""Finding passages, by words alone and by words and meaning."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from knowledge.models import KnowledgeDocument
from knowledge.retrieval import retrieve
from knowledge.tests.factories import make_chunk, make_document
from knowledge.types import MatchedBy


@pytest.fixture
def clinic(north, working_for):
    """A clinic with some documents."""
    with working_for(north):
        make_document(
            "A white filling costs £95. A crown costs £450.",
            "Tooth whitening at home costs £280, in the surgery £390.",
            title="Price list",
        )
        make_document("We are at 12 Harbour Street, two minutes from the station.", title="Finding us")
        make_document("Parking is behind the building; the first two hours are free.", title="Parking")
        make_document("Cancel at least 24 hours before, or we charge £30.", title="Cancellation policy")
        make_document("Bite on the gauze for half an hour. Do not smoke for two days.", title="After an extraction")
        make_document("Guide dogs are welcome in the whole clinic.", title="Are dogs allowed?")
        make_document("Dr Siobhán O'Brien speaks Irish and Polish. Reference AXQ-7714.", title="Our team")
    return north


ANSWERED = (
    ("How much is a white filling?", "white filling"),
    ("what would a crown set me back", "crown"),
    ("Where are you located?", "Harbour Street"),
    ("where is the clinic please", "Harbour Street"),
    ("Can I park my car somewhere?", "Parking"),
    ("what happens when i cancel late", "Cancel"),
    ("can I smoke after you took a tooth out, an extraction I mean", "gauze"),
    ("does anyone speak polish", "Polish"),
    ("axq-7714", "AXQ"),
    ("Can I bring my dog?", "dogs"),
)
UNANSWERED = (
    "Do you do hair transplants?",
    "",
    "?!",
    "the of and",
    "a" * 5000,
    "Who won the match | ! & :* <-> 'x'",
    "\x00",
)


def test_questions_of_callers_are_answered_by_words_alone(clinic):
    for question, words in ANSWERED:
        found = retrieve(org=clinic, query=question)
        assert found, question
        assert words in found[0].content, question
        assert 0 < found[0].score <= 1
        assert found[0].matched_by is MatchedBy.LEXICAL

    for question in UNANSWERED:
        assert retrieve(org=clinic, query=question) == [], question


def test_a_passage_comes_with_where_it_stands(north, working_for):
    with working_for(north):
        document = make_document(title="Fees")
        make_chunk(document=document, content="£65", headings=("Treatments", "Polishing"), page=3)
        KnowledgeDocument.objects.update(chunk_count=1)

    (passage,) = retrieve(org=north, query="polishing fee")
    assert (passage.document_title, passage.heading_path, passage.page) == ("Fees", ("Treatments", "Polishing"), 3)


def test_documents_that_are_switched_off_answer_nothing(clinic, working_for):
    with working_for(clinic):
        KnowledgeDocument.objects.filter(title="Price list").update(is_active=False)

    assert not [p for p in retrieve(org=clinic, query="What does a crown cost?") if p.document_title == "Price list"]


def test_a_clinic_never_sees_what_another_wrote(clinic, south):
    assert retrieve(org=south, query="How much is a white filling?") == []


def test_a_question_costs_the_same_few_statements_whatever_is_found(clinic):
    retrieve(org=clinic, query="warm up")
    counts = set()
    for question in ("How much is a white filling?", "price of a crown, a filling, or whitening at home"):
        with CaptureQueriesContext(
            connection,
        ) as statements:
            retrieve(org=clinic, query=question)
        counts.add(len([s for s in statements if not s["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))]))
    assert len(counts) == 1
    assert counts.pop() <= 6


def test_no_more_than_five_passages_and_no_fewer_than_asked_for(north, working_for):
    with working_for(north):
        make_document(*(f"Botox for area {n} costs £{100 + n}." for n in range(12)), title="Prices")

    assert len(retrieve(org=north, query="botox price")) == 5
    assert len(retrieve(org=north, query="botox price", k=2)) == 2
    assert len(retrieve(org=north, query="botox price", k=99)) == 5
