"""A finished call is listened to while its words follow, and shared with somebody who has no account."""

import pytest
from playwright.sync_api import expect

ANN = "ann@solicitors.test"
# Plays on until that second; a function, because the pages' policy forbids to evaluate words.
_PLAY_UNTIL = """async (second) => {
  const audio = document.querySelector("audio");
  await audio.play();
  await new Promise((done) => audio.addEventListener("timeupdate", () => audio.currentTime > second && done()));
}"""


@pytest.fixture
def ana(person):
    """Somebody whose clinic sends email, at the page of a call that has just been recorded."""
    ana = person()
    ana.sign_up("Listening Clinic")
    ana.wait_for_receptionist()
    page = ana.page
    page.goto("/dashboard/integrations/resend")
    page.get_by_label("API key").fill("re_listening_clinic")
    page.get_by_label("From address").fill("hello@clinic.example")
    page.get_by_role("button", name="Test and connect").click()
    expect(page.get_by_text("Resend is connected.")).to_be_visible(timeout=20_000)
    page.goto("/dashboard/calls")
    ana.wait_until_live()
    ana.place_call()
    page.locator("#rows-first tr a").first.click()
    expect(page.locator("audio")).to_be_visible(timeout=30_000)
    return ana


def test_words_follow_the_sound_and_a_stranger_hears_it_by_a_link(ana, person):
    _listens(ana.page)

    link = _shares(ana)
    ann = person().page
    ann.goto(link)
    expect(ann.locator("audio")).to_have_count(0)
    ann.get_by_role("button", name="Listen").click()
    ann.evaluate(_PLAY_UNTIL, 0.2)

    _switches_off(ana.page)
    assert ann.goto(link).status == 410
    expect(ann.get_by_text("This link no longer works")).to_be_visible()


def _listens(page):
    lines = page.locator("li[data-start]")
    lines.nth(2).locator(".turn-text").click()
    expect(lines.nth(2)).to_have_attribute("aria-current", "true", timeout=15_000)
    page.evaluate(_PLAY_UNTIL, float(lines.nth(2).get_attribute("data-start")))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(lines.nth(4)).to_have_attribute("aria-current", "true")
    expect(lines.nth(2)).not_to_have_attribute("aria-current", "true")
    assert page.locator(".turn-text[tabindex='0']").count() == 1


def _shares(ana):
    page = ana.page
    page.get_by_role("link", name="Share").click()
    page.get_by_label("Their email address").fill(ANN)
    page.get_by_role("button", name="Send the link").click()
    expect(page.get_by_text(f"The link is on its way to {ANN}.")).to_be_visible()
    return ana.read_mail(ANN, subject="A call recording from Listening Clinic")


def _switches_off(page):
    page.get_by_role("link", name="Share").click()
    expect(page.get_by_text("Listened to 1 time")).to_be_visible()
    page.get_by_role("button", name="Switch off").click()
    expect(page.get_by_text("The link is switched off.")).to_be_visible()
