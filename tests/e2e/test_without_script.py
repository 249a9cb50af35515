"""Everything but live updates and charts works without JavaScript."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.crowded import CLINIC


@pytest.fixture
def ana(person, signed_in):
    """The crowded clinic's owner with JavaScript switched off."""
    return person(script=False, session=signed_in("owner"))


def test_lists_are_filtered_continued_and_opened(ana):
    page = ana.page
    page.goto("/dashboard/calls")
    assert page.locator("tbody tr[id]").count() == 25
    page.get_by_role("link", name="Load more").click()
    assert page.locator("tbody tr[id]").count() == 25

    page.goto("/dashboard/calls")
    page.get_by_label("Search by name or number").fill("Wilhelmina")
    page.get_by_text("Booked", exact=True).first.click()
    page.get_by_role("button", name="Filter").click()
    assert "q=Wilhelmina" in page.url
    assert "outcome=booked" in page.url
    rows = page.locator("tbody tr[id]").all_inner_texts()
    assert rows
    assert all("Wilhelmina" in row and "Booked" in row for row in rows)

    page.locator("tbody tr[id] a").first.click()
    expect(page.get_by_text("What was said")).to_be_visible()
    page.goto("/dashboard/appointments")
    page.get_by_text("Past", exact=True).click()
    page.get_by_role("button", name="Filter").click()
    expect(page.locator("tbody tr[id]").first).to_be_visible()


def test_a_call_is_simulated_by_plain_post(ana):
    ana.page.goto("/dashboard/calls")
    ana.page.get_by_role("link", name="Simulate a call").click()
    ana.page.get_by_role("radio", name=re.compile("Caller hangs up")).check()
    ana.page.get_by_role("button", name="Place the call").click()

    expect(ana.page.get_by_text("phone is ringing")).to_be_visible()
    assert ana.page.url.endswith("/dashboard/calls")


def test_somebody_is_invited_and_the_invitation_withdrawn(person, crowded):
    ana = person(script=False)  # signed in anew: who invites has given the password in the last five minutes
    ana.sign_in(crowded["owner"])
    page = ana.page
    page.get_by_role("button", name=CLINIC).click()
    page.goto("/dashboard/settings/team")
    page.get_by_label("Email address").fill("no-such-address")
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("Email address").fill("scriptless@clinic.test")
    page.get_by_role("button", name="Send the invitation").click()
    invited = page.locator(".agenda-item").filter(has_text="scriptless@clinic.test")
    expect(invited).to_be_visible()
    invited.get_by_role("button", name="Withdraw").click()
    expect(invited).to_have_count(0)


def test_the_organisation_and_the_theme_are_switched(person, crowded):
    ana = person(script=False)  # signed in anew: a switch renews the session
    ana.sign_in(crowded["owner"])
    page = ana.page
    page.get_by_role("button", name=CLINIC).click()
    page.locator(f"summary[title='{CLINIC}']").click()
    page.get_by_role("button", name="Second Clinic").click()
    expect(page.locator("summary[title='Second Clinic']")).to_be_visible()
    page.locator("summary[aria-label=Theme]").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "voxanne-dark")


def test_a_colleague_is_removed(ana):
    ana.page.goto("/dashboard/settings/team")
    colleague = ana.page.locator(".agenda-item").filter(has_text="colleague3@clinic.test")
    colleague.get_by_role("button", name="Remove", exact=True).click()
    expect(colleague).to_have_count(0)
