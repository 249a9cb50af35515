"""`/api/knowledge/documents`, as integrators and the upload's script use it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from knowledge.models import KnowledgeDocument
from knowledge.processing import process
from knowledge.tests.factories import make_document
from knowledge.tests.papers import markdown_file
from orgs.models import Role

DOCUMENTS = "/api/knowledge/documents"


@pytest.fixture
def browser(north_owner, north, sign_in):
    return sign_in(north_owner)


def send(browser, content: bytes, name="prices.md", **more: str):
    return browser.post(DOCUMENTS, {"file": SimpleUploadedFile(name, content), **more})


def test_a_document_is_uploaded_read_changed_and_deleted(browser, north, working_for):
    made = send(browser, markdown_file(), title="Our fees")
    assert made.status_code == 201, made.json()
    one = f"{DOCUMENTS}/{made.json()['id']}"
    assert [made.json()[name] for name in ("title", "status", "source", "filename")] == [
        "Our fees", "pending", "upload", "prices.md",
    ]  # fmt: skip
    process(org=north, document_id=made.json()["id"])
    assert browser.get(one).json()["status"] == "ready"
    assert browser.get(one).json()["media_type"] == "text/markdown"

    again = send(browser, markdown_file(), name="else.md")
    assert (again.status_code, again.json()["code"]) == (409, "document_already_there")
    assert again.json()["document_id"] == made.json()["id"]

    changed = browser.patch(one, {"is_active": False, "title": "Fees"}, content_type="application/json").json()
    assert (changed["is_active"], changed["title"], changed["status"]) == (False, "Fees", "pending")
    refused = browser.patch(one, {"text": "Other words."}, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (409, "document_not_editable")
    assert browser.post(f"{one}/reprocess").status_code == 202
    assert browser.delete(one).status_code == 204
    assert browser.get(one).status_code == 404
    with working_for(north):
        assert not KnowledgeDocument.objects.exists()


def test_texts_and_web_pages_come_as_json(browser):
    text = browser.post(DOCUMENTS, {"title": "Hours", "text": "We open at nine."}, content_type="application/json")
    page = browser.post(DOCUMENTS, {"url": "https://www.clinic.example/parking/"}, content_type="application/json")

    assert (text.status_code, text.json()["text"], text.json()["size_bytes"]) == (201, "We open at nine.", 16)
    assert (page.status_code, page.json()["title"], page.json()["status"]) == (
        201, "clinic.example/parking", "pending",
    )  # fmt: skip


def test_what_cannot_be_taken_is_told_why(browser):
    for given, code in (
        ({"url": "http://clinic.example/"}, "address_unusable"),
        ({"url": "https://localhost"}, "address_unusable"),
        ({"url": "file:///etc/passwd"}, "address_unusable"),
        ({"url": "https://user:pw@clinic.example/"}, "address_unusable"),
        ({"title": "Empty", "text": "  "}, "text_unusable"),
        ({"title": "Nothing said", "text": "..."}, "text_unusable"),
        ({"title": "Nothing given"}, "bad_input"),
        ([1, 2], "bad_input"),
        (5, "bad_input"),
    ):
        answer = browser.post(DOCUMENTS, given, content_type="application/json")
        assert (answer.status_code, answer.json()["code"]) == (400, code), given
    assert send(browser, b"").status_code == 400
    large = send(browser, b"a" * (20 * 1024 * 1024 + 1))
    assert (large.status_code, large.json()["code"]) == (413, "file_too_large")
    picture = send(browser, b"\x89PNG\r\n\x1a\n", name="prices.pdf")
    assert (picture.status_code, picture.json()["code"]) == (415, "file_unusable")


def test_a_list_is_read_in_pages_in_one_query(browser, north, working_for, django_assert_max_num_queries):
    with working_for(north):
        made = [make_document(title=f"Document {n}") for n in range(5)]
    first = browser.get(DOCUMENTS, {"limit": 3}).json()
    with django_assert_max_num_queries(12):
        rest = browser.get(DOCUMENTS, {"limit": 3, "cursor": first["next_cursor"], "status": "ready"}).json()

    names = [document["title"] for document in first["documents"] + rest["documents"]]
    assert names == [document.title for document in reversed(made)]
    assert rest["next_cursor"] is None
    assert browser.get(DOCUMENTS, {"source": "url"}).json()["documents"] == []


def test_colleagues_read_and_admins_write(north, add_member, sign_in, working_for):
    with working_for(north):
        document = make_document()
    member, admin = (sign_in(add_member(north, role)) for role in (Role.MEMBER, Role.ADMIN))
    one, change = f"{DOCUMENTS}/{document.pk}", {"is_active": False}

    assert member.get(one).status_code == 200
    assert member.patch(one, change, content_type="application/json").status_code == 403
    assert admin.patch(one, change, content_type="application/json").status_code == 200
