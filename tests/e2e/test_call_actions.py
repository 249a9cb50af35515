"""A call has ended: its caller is texted, its transcript taken along, and the thread shows both."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.person import PHONE


@pytest.fixture
def ana(person, stack):
    """Somebody whose clinic has a telephone number, at the page of a call that booked."""
    ana = person()
    ana.sign_up("Follow-up Clinic")
    ana.wait_for_receptionist()
    stack.run("tests.e2e.awake")
    ana.page.goto("/dashboard/integrations/twilio")
    for label, value in {
        "Account SID": f"AC{901:032x}", "Auth token": f"{901:032x}", "Phone number": "+442079460290",
    }.items():  # fmt: skip
        ana.page.get_by_label(label).fill(value)
    ana.page.get_by_role("button", name="Test and connect").click()
    expect(ana.page.get_by_text("Connected to your receptionist.")).to_be_visible(timeout=20_000)
    ana.page.goto("/dashboard/calls")
    ana.wait_until_live()
    ana.place_call()
    first = ana.page.locator("tbody tr[id]").first
    expect(first).to_contain_text("Booked", timeout=30_000)
    first.get_by_role("link").first.click()
    return ana


def test_the_caller_is_texted_and_the_transcript_taken_along(ana):
    page = ana.page
    thread = page.locator("#call-messages")
    page.get_by_role("link", name="Text the caller").click()
    dialog = page.get_by_role("dialog")
    words = dialog.get_by_label("Your text")
    words.fill("😀" * 40)
    expect(dialog.get_by_text("Counts as 2 texts")).to_be_visible()
    words.fill("Thanks for calling. See you on Tuesday.")
    expect(dialog.get_by_text("Counts as")).to_be_hidden()
    ana.remember_page()
    dialog.get_by_role("button", name="Send the text").dblclick()

    expect(page.locator(".toast")).to_have_text(re.compile("Your text to .+ is on its way."))
    expect(dialog).to_be_hidden()
    expect(thread).to_contain_text("See you on Tuesday.")
    expect(thread).to_contain_text("Delivered", timeout=20_000)

    page.get_by_text("Export transcript").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Text", exact=True).click()
    assert re.fullmatch(r"transcript-[\d-]+\.txt", download.value.suggested_filename)
    assert "Receptionist:" in download.value.path().read_text()
    expect(thread).to_contain_text("Transcript as Text")
    expect(thread.locator(".agenda-item")).to_have_count(2)
    assert ana.is_same_page()

    page.set_viewport_size(PHONE)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
