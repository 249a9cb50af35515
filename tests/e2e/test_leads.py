"""A lead is found, noted about, and their thread follows."""

import re

from playwright.sync_api import expect


def test_a_lead_is_found_noted_about_and_asked_about_being_the_same(person, signed_in):
    ana = person(session=signed_in("owner"))
    page = ana.page
    page.goto("/dashboard/leads")
    page.get_by_role("searchbox").fill("zoë")
    expect(page.locator("tbody tr[id]").first).to_contain_text("Zoë Müller")
    assert "q=zo" in page.url
    page.locator("#rows .row-link").first.click()
    expect(page.get_by_role("heading", name="Zoë Müller", level=1)).to_be_visible()

    page.get_by_label("Note", exact=True).fill("Prefers Dr Chen.\nSecond line.")
    page.get_by_role("button", name="Save the note").click()
    expect(page.locator("#thread").get_by_text("Prefers Dr Chen.")).to_be_visible()
    page.get_by_role("link", name="Send a text").click()
    expect(page.get_by_role("dialog").get_by_text("Connect it in Integrations")).to_be_visible()
    page.get_by_role("dialog").get_by_role("button", name="Close").click()

    page.get_by_role("link", name="Merge").first.click()
    expect(page.get_by_text("This cannot be undone.")).to_be_visible()
    page.get_by_role("button", name="Merge them").click()
    expect(page.get_by_text("Also calls from").first).to_be_visible()
    assert re.search(r"/dashboard/leads/[0-9a-f-]{36}$", page.url)
