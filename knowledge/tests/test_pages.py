"""The pages of the knowledge base: list, one document, and what is done with it."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from knowledge.models import DocumentStatus, KnowledgeDocument, Source
from knowledge.tests.factories import make_chunk, make_document
from orgs.models import AuditEntry, Role
from voxanne.clock import now

pytestmark = pytest.mark.django_db
LIST = "/dashboard/knowledge"
FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def browser(sign_in, north_owner, north):
    return sign_in(north_owner)


@pytest.fixture
def make(north, working_for):
    """`make("A passage.", title="Prices")` adds a document to the clinic."""

    def run(*contents, **facts):
        with working_for(north):
            return make_document(*contents, **facts)

    return run


def page_of(document):
    return f"{LIST}/{document.pk}"


def test_an_empty_knowledge_base_says_what_to_do(browser):
    page = browser.get(LIST)

    assert "Add your price list" in page.text
    assert 'enctype="multipart/form-data"' in page.text
    assert ">Knowledge<" in page.text


def test_the_list_says_how_far_each_document_has_come(browser, make):
    make(title="Prices", status=DocumentStatus.READY, last_used_at=now())
    make(title="Aftercare", status=DocumentStatus.EXTRACTING, progress_done=12, progress_total=500)
    make(title="Scan", status=DocumentStatus.FAILED, error="There is no text in this file.")
    make(title="Old", is_active=False)
    make(title="New", status=DocumentStatus.EMBEDDING, error="OpenAI does not answer.")

    page = " ".join(browser.get(LIST).text.split())

    for words in ("Ready", "Being read, 12 of 500", "Failed", "Off", "Found by words", "Not used yet"):
        assert f">{words}<" in page, words


def test_the_list_is_narrowed_by_what_stands_in_the_address(browser, make):
    make(title="Price list", status=DocumentStatus.READY)
    make(title="Aftercare", status=DocumentStatus.FAILED)
    make(title="Prices of last year", is_active=False, source=Source.URL, url="https://north.example/prices")

    def titles(query):
        return [row.title for row in browser.get(f"{LIST}?{query}").context["rows"]]

    assert titles("q=price") == ["Prices of last year", "Price list"]
    assert titles("q=price&state=ready") == ["Price list"]
    assert titles("state=failed") == ["Aftercare"]
    assert titles("state=off&source=url") == ["Prices of last year"]
    assert len(titles("state=nonsense&source=1&shown=")) == 3
    assert "No document matches" in browser.get(f"{LIST}?q=nothing").text
    assert browser.get(f"{LIST}?cursor=nonsense").status_code == 400


def test_a_long_list_goes_on_and_costs_the_same(browser, north, working_for, make, django_assert_max_num_queries):
    make()
    with django_assert_max_num_queries(30) as few:
        browser.get(LIST)
    with working_for(north):
        for number in range(30):
            one = make_document(title=f"Document {number}")
            KnowledgeDocument.objects.filter(pk=one.pk).update(created_at=now() - timedelta(minutes=number))
    with django_assert_max_num_queries(len(few)):
        page = browser.get(LIST)

    more = browser.get(page.context["next_url"], headers=FRAGMENT)
    assert (len(page.context["rows"]), len(more.context["rows"])) == (25, 6)
    again = browser.get(page.context["live_url"], headers=FRAGMENT)
    assert [row.pk for row in again.context["rows"]] == [row.pk for row in page.context["rows"]]


def test_a_document_shows_its_passages_with_where_they_stand(browser, north, working_for, make):
    document = make(*(f"Sentence {number}." for number in range(27)), title="Aftercare")
    with working_for(north):
        make_chunk(
            document=document, ordinal=27, content="No <b>sauna</b>.", headings=("Botox", "The day after"), page=3
        )

    page = browser.get(page_of(document))
    assert "Sentence 24." in page.text
    assert "Sentence 25." not in page.text
    rest = browser.get(page.context["next_url"], headers=FRAGMENT).text
    assert "Botox › The day after" in rest
    assert "Page 3" in rest
    assert "No &lt;b&gt;sauna&lt;/b&gt;." in rest
    shown = browser.get(page.context["live_url"], headers=FRAGMENT)
    assert len(shown.context["passages"]) == 25


def test_a_failed_document_says_why_and_can_be_tried_again(browser, make, north, working_for):
    document = make(title="Scan", status=DocumentStatus.FAILED, error="There is no text in this file.", chunk_count=0)
    assert "There is no text in this file." in browser.get(page_of(document)).text

    assert browser.post(f"{page_of(document)}/again").status_code == 302

    with working_for(north):
        document.refresh_from_db()
    assert (document.status, document.error) == (DocumentStatus.PENDING, "")


def test_a_document_is_renamed_switched_off_and_on_and_deleted(browser, make, north, working_for):
    document = make("A passage.", title="Prices", source=Source.UPLOAD, filename="prices.pdf", sha256="a" * 64)
    here = page_of(document)
    browser.post(f"{here}/off")
    assert "Switched off" in browser.get(here).text
    browser.post(f"{here}/on")
    assert "Your assistant answers from it: one passage." in browser.get(here).text
    assert browser.get(f"{here}/edit").headers["Location"] == f"{here}/rename"
    assert browser.post(f"{here}/rename", {"title": " "}).status_code == 422
    assert browser.post(f"{here}/rename", {"title": "Prices 2027"}).status_code == 302
    question = " ".join(browser.get(f"{here}/delete").text.split())
    assert "<b>Prices 2027</b> is deleted, with its 1 passage" in question
    assert browser.post(f"{here}/delete").headers["Location"] == LIST

    assert browser.get(here).status_code == 404
    with working_for(north):
        assert not KnowledgeDocument.objects.exists()


def test_a_text_is_written_and_changed(browser, north, working_for):
    assert browser.post(f"{LIST}/text", {"title": "Parking", "text": "…"}).status_code == 422
    begun = browser.post(f"{LIST}/text", {"begin": "yes", "title": "Where can I park?"})
    assert 'value="Where can I park?"' in begun.text

    written = browser.post(f"{LIST}/text", {"title": "Parking", "text": "Behind the house."})
    here = written.headers["Location"]
    browser.post(f"{here}/edit", {"title": "Where to park", "text": "In front of the house."})

    with working_for(north):
        document = KnowledgeDocument.objects.get()
    assert (document.title, document.text) == ("Where to park", "In front of the house.")


def test_a_page_must_have_an_https_address(browser, north, working_for):
    refused = browser.post(f"{LIST}/page", {"url": "http://north.example/prices"})
    assert refused.status_code == 422
    assert "https://" in str(refused.context["form"].errors["url"])

    assert browser.post(f"{LIST}/page", {"url": "https://north.example/prices"}).status_code == 302
    with working_for(north):
        assert KnowledgeDocument.objects.get().source == Source.URL


def test_files_are_taken_without_script_and_each_is_told_of(browser, north, working_for):
    files = [
        SimpleUploadedFile("prices.txt", b"Botox costs 200 pounds."),
        SimpleUploadedFile("again.txt", b"Botox costs 200 pounds."),
        SimpleUploadedFile("empty.txt", b""),
    ]
    page = browser.post(f"{LIST}/upload", {"files": files}, follow=True)

    said = [str(message) for message in page.context["messages"]]
    assert said[0] == "prices.txt is uploaded and being read."
    assert "in your knowledge base already" in said[1]
    assert "empty" in said[2]
    assert "Choose a file first." in browser.post(f"{LIST}/upload", follow=True).text
    with working_for(north):
        document = KnowledgeDocument.objects.get()
    download = browser.get(f"{page_of(document)}/original")
    assert (download.content, download["Content-Disposition"]) == (
        b"Botox costs 200 pounds.",
        'attachment; filename="prices.txt"',
    )
    with working_for(north):
        assert AuditEntry.objects.filter(action="document.downloaded").exists()


def test_members_read_and_change_nothing(north, make, sign_in, add_member):
    member, document = sign_in(add_member(north, Role.MEMBER)), make("A passage.")
    pages = [
        member.get(LIST),
        member.get(page_of(document)),
        member.get(f"{LIST}/ask"),
        member.get(f"{LIST}/questions"),
    ]
    assert [page.status_code for page in pages] == [200] * 4
    assert all("Delete" not in page.text and "Write a text" not in page.text for page in pages)
    writing = ["edit", "rename", "off", "on", "again", "delete"]
    assert {member.post(f"{page_of(document)}/{deed}").status_code for deed in writing} == {403}
    assert {member.post(f"{LIST}/{deed}").status_code for deed in ("upload", "text", "page")} == {403}


def test_another_clinics_document_is_not_there(browser, south, working_for):
    with working_for(south):
        theirs = make_document("A passage.")
    for deed in ("", "/edit", "/rename", "/original", "/delete"):
        assert browser.get(f"{page_of(theirs)}{deed}").status_code == 404, deed
