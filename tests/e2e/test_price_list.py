"""The price list grows, a sentence is tried with it, and a call says what it was worth and why its caller scored."""

import re

from playwright.sync_api import expect


def test_a_service_is_added_tried_and_taken_off_again(person, signed_in):
    page = person(session=signed_in("owner")).page
    page.goto("/dashboard/services")
    page.get_by_label("Name").fill("Laser peel")
    page.get_by_label("Price in GBP").fill("99.50")
    page.get_by_label("What callers call it").fill("skin peel, laser")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("link", name="Laser peel")).to_be_visible()

    page.get_by_label("What a caller says").fill("I'd like two laser peels, and how much is a face lift?")
    page.get_by_role("button", name="Test").click()
    found = page.locator("#sentence")
    expect(found.get_by_text("£99.50 · wanted")).to_be_visible()
    expect(found.get_by_text("£8,000 · asked about")).to_be_visible()
    assert page.url.endswith("/dashboard/services")

    page.get_by_role("link", name="Laser peel").click()
    page.get_by_role("button", name="Stop selling it").click()
    page.get_by_role("button", name=re.compile("Sell again.*Laser peel")).click()
    expect(page.get_by_text("Laser peel is back on your price list.")).to_be_visible()


def test_a_call_says_what_it_was_worth_and_why_its_caller_scored(person, signed_in, crowded):
    page = person(session=signed_in("owner")).page
    page.goto(f"/dashboard/calls/{crowded['call_id']}")
    card = page.locator(".card").filter(has=page.get_by_role("heading", name="What it is worth"))
    expect(card.get_by_text("£7,500", exact=True)).to_be_visible()
    expect(card.get_by_text("It is urgent")).to_be_visible()
