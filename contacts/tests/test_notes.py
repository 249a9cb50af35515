"""The team's notes about a lead."""

import pytest

from contacts.models import ContactNote
from contacts.tests.factories import make_contact
from contacts.wishes import new_key
from orgs.models import AuditEntry, Role
from orgs.scope import org_scope, org_tx

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(north, working_for):
    with working_for(north):
        return f"/dashboard/leads/{make_contact().pk}"


@pytest.fixture
def browser(north, north_owner, sign_in):
    return sign_in(north_owner)


def notes_of(org):
    with org_scope(org), org_tx():
        return list(ContactNote.objects.order_by("created_at").values_list("text", flat=True))


def write(browser, url, text="Prefers Dr Chen."):
    return browser.post(f"{url}/notes", {"text": text, "key": new_key()})


def address_of(url, org):
    with org_scope(org), org_tx():
        return f"{url}/notes/{ContactNote.objects.get().pk}"


def test_a_note_sent_twice_is_written_once(browser, north, url):
    for _ in range(2):
        browser.post(f"{url}/notes", {"text": "  Prefers Dr Chen. ", "key": "one-wish"})

    assert notes_of(north) == ["Prefers Dr Chen."]
    with org_scope(north), org_tx():
        entry = AuditEntry.objects.get(action="contact.note_added")
        assert "Chen" not in str(entry.details)


def test_two_notes_with_the_same_words_are_two(browser, north, url):
    for _ in range(2):
        write(browser, url)

    assert len(notes_of(north)) == 2


@pytest.mark.parametrize("text", ["", "   ", "x" * 4001])
def test_no_words_and_too_many_are_refused(browser, north, url, text):
    assert browser.post(f"{url}/notes", {"text": text, "key": "k"}).status_code == 422
    assert notes_of(north) == []


def test_who_wrote_it_changes_and_deletes_it(browser, north, url):
    write(browser, url)
    note = address_of(url, north)
    assert "Prefers Dr Chen." in browser.get(note).text

    assert browser.post(note, {"text": "Prefers Dr Moss."}).url == url
    assert notes_of(north) == ["Prefers Dr Moss."]
    assert "edited" in browser.get(url).text
    assert "This cannot be undone." in browser.get(f"{note}/delete").text
    assert browser.post(f"{note}/delete").url == url
    assert notes_of(north) == []


def test_a_colleague_reads_it_and_no_more(browser, north, url, add_member, sign_in):
    write(browser, url)
    note = address_of(url, north)
    colleague = sign_in(add_member(north, Role.ADMIN))

    page = colleague.get(url).text
    assert "Prefers Dr Chen." in page
    assert note not in page
    assert colleague.post(note, {"text": "Something else"}).status_code == 403
    assert colleague.post(f"{note}/delete").status_code == 403
    assert notes_of(north) == ["Prefers Dr Chen."]


def test_a_note_of_another_lead_is_not_found_under_this_one(browser, north, working_for, url):
    write(browser, url)
    note_id = address_of(url, north).rsplit("/", 1)[1]
    with working_for(north):
        other = make_contact()

    assert browser.get(f"/dashboard/leads/{other.pk}/notes/{note_id}").status_code == 404
