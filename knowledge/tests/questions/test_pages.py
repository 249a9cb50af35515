"""The page of unanswered questions, and "Ask your knowledge base"."""

import json
from uuid import uuid4

import pytest

from knowledge.models import KnowledgeDocument, KnowledgeQuestion
from knowledge.tests.factories import make_document
from knowledge.tests.questions.test_noting import note

pytestmark = pytest.mark.django_db
PAGE = "/dashboard/knowledge/questions"
ASK = "/dashboard/knowledge/ask"
FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def browser(sign_in, north_owner, north):
    return sign_in(north_owner)


@pytest.fixture
def asked(north, working_for):
    """Two callers asked about dogs; the first question's id, and their calls."""
    with working_for(north):
        calls = [note(north, "Can I bring my dog?"), note(north, "Are <i>dogs</i> allowed?")]
        return KnowledgeQuestion.objects.order_by("created_at").first().pk, calls


def test_questions_are_shown_as_one_with_links_to_their_calls(browser, asked):
    _, calls = asked
    page = browser.get(PAGE)

    assert page.text.count("Add an answer") == 1
    assert "&lt;i&gt;dogs&lt;/i&gt;" in page.text
    assert "Asked 2 times" in page.text
    assert all(f"/dashboard/calls/{call}" in page.text for call in calls)
    assert "nothing written answered" in page.text


def test_an_answer_becomes_a_text_and_the_question_goes(browser, asked, north, working_for):
    question, _ = asked
    form = browser.get(f"{PAGE}/{question}/answer")
    assert 'value="Can I bring my dog?"' in form.text
    assert browser.post(f"{PAGE}/{question}/answer", {"title": "Dogs", "text": ""}).status_code == 422

    answered = browser.post(f"{PAGE}/{question}/answer", {"title": "Dogs", "text": "Dogs may wait with you."})

    assert answered.headers["Location"] == PAGE
    assert "No question is open" in browser.get(PAGE).text
    with working_for(north):
        document = KnowledgeDocument.objects.get()
    assert document.text == "Dogs may wait with you."
    assert f"/dashboard/knowledge/{document.pk}" in browser.get(f"{PAGE}?show=answered").text
    assert browser.get(f"{PAGE}/{question}/answer").headers["Location"] == f"/dashboard/knowledge/{document.pk}"
    assert (
        "2 questions that it answers are open again" in browser.get(f"/dashboard/knowledge/{document.pk}/delete").text
    )


def test_dismissing_offers_to_undo_it(browser, asked):
    question, _ = asked
    dismissed = browser.post(f"{PAGE}/{question}/dismiss", headers=FRAGMENT)

    told = json.loads(dismissed["HX-Trigger"])
    assert (dismissed.status_code, told["questions-changed"]) == (204, True)
    assert "Bring back" in browser.get(f"{PAGE}?show=dismissed").text
    assert browser.post(told["toast"]["undo"]["url"], headers=FRAGMENT).status_code == 204
    assert "Add an answer" in browser.get(PAGE).text
    assert browser.post(f"{PAGE}/{question}/dismiss").headers["Location"] == PAGE
    assert "No question is open" in browser.get(PAGE, headers=FRAGMENT).text


def test_a_question_that_is_not_there_is_not_found(browser):
    for deed in ("answer", "dismiss", "bring-back"):
        assert browser.post(f"{PAGE}/{uuid4()}/{deed}", {"title": "a", "text": "b"}).status_code == 404, deed
    assert browser.get(f"{PAGE}?show=nonsense").status_code == 200


def test_asking_shows_what_the_assistant_would_be_given(browser, north, working_for):
    with working_for(north):
        document = make_document("A filling costs £120 at our practice.", title="Price list")

    found = browser.post(ASK, {"query": "How much is a filling?"})
    (hit,) = found.context["hits"]
    assert hit.passage.document_id == document.pk
    assert f"{hit.passage.score:.2f}" in found.text
    assert "Found by its words" in found.text
    assert "£120" in found.context["given"]

    fragment = browser.post(ASK, {"query": "Do you sell bicycles?"}, headers=FRAGMENT)
    assert "Nothing is written down about “Do you sell bicycles?”" in fragment.text
    assert "<html" not in fragment.text
    assert browser.post(ASK, {"query": " "}).status_code == 422
    assert browser.get(ASK).status_code == 200
