"""The page that shows what a merge comes to, and the old links afterwards."""

import json

import pytest

from calls.tests.factories import make_call
from contacts.models import Contact
from contacts.tests.factories import make_contact
from orgs.scope import org_scope, org_tx

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(north, north_owner, sign_in):
    return sign_in(north_owner)


@pytest.fixture
def two(north, working_for):
    with working_for(north):
        kept = make_contact(phone="+447700900123", email="ana@patients.example")
        merged = make_contact(phone="+447700900777", email="ana@patients.example", preferences="Mornings")
        make_call(north, contact=merged)
    return kept, merged


@pytest.fixture
def url(two):
    return f"/dashboard/leads/{two[0].pk}/merge/{two[1].pk}"


def test_the_page_of_one_offers_the_other(browser, two, url):
    page = browser.get(f"/dashboard/leads/{two[0].pk}").text

    assert "Same email and name" in page
    assert f'href="{url}"' in page


def test_the_preview_says_what_changes_and_changes_nothing(browser, north, two, url):
    page = browser.get(url).text

    for words in ("1 call move over", "Mornings", "07700 900777", "This cannot be undone.", "Keep the other one"):
        assert words in page
    with org_scope(north), org_tx():
        assert Contact.objects.count() == 2


def test_afterwards_old_links_lead_to_the_kept_one(browser, two, url):
    kept, merged = two
    assert browser.post(url).url == f"/dashboard/leads/{kept.pk}"

    assert browser.get(f"/dashboard/leads/{merged.pk}").url == f"/dashboard/leads/{kept.pk}"
    assert "Also calls from" in browser.get(f"/dashboard/leads/{kept.pk}").text
    assert browser.get(url).url == f"/dashboard/leads/{kept.pk}"
    assert browser.post(url).url == f"/dashboard/leads/{kept.pk}", "sent twice, it is one merge"
    assert browser.get(f"/api/contacts/{merged.pk}").json()["id"] == str(kept.pk)
    changed = browser.patch(
        f"/api/contacts/{merged.pk}", json.dumps({"name": "Ana Lund"}), content_type="application/json"
    )
    assert (changed.json()["id"], changed.json()["name"]) == (str(kept.pk), "Ana Lund")


def test_by_an_old_id_nobody_is_deleted(browser, north, two, url):
    browser.post(url)

    assert browser.delete(f"/api/contacts/{two[1].pk}").status_code == 409
    with org_scope(north), org_tx():
        assert Contact.objects.get().pk == two[0].pk


def test_another_clinics_lead_cannot_be_merged_in(browser, north, south, working_for, two):
    with working_for(south):
        theirs = make_contact(phone="+447700900888")

    assert browser.post(f"/dashboard/leads/{two[0].pk}/merge/{theirs.pk}").status_code == 404
    with working_for(south):
        assert Contact.objects.get().pk == theirs.pk
