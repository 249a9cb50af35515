"""The main job, as a receptionist sees it: sign up, watch a call arrive and be answered, find what it left."""

import re
import time

from playwright.sync_api import expect

FIRST_CALL_WITHIN_S = 60


def test_a_new_clinic_watches_its_first_call_from_ringing_to_appointment(person):
    ana, other = person(), person()
    other.sign_up("Other Clinic")
    started = time.monotonic()
    ana.sign_up("Harbour Street Clinic")
    ana.wait_for_receptionist()
    page = ana.page
    page.goto("/dashboard")
    ana.wait_until_live()
    ana.remember_page()

    ana.place_call(pace="As a real call")
    row = page.locator(".agenda-item").filter(has_text="Live")
    expect(row).to_be_visible()
    assert time.monotonic() - started < FIRST_CALL_WITHIN_S
    assert ana.is_same_page()

    row.get_by_role("link").click()
    ana.remember_page()
    headline = page.locator(".page-headline > p").first
    expect(headline).to_have_text(re.compile("is on the phone now"))
    caller = page.get_by_role("heading", level=1).inner_text()
    said = page.locator(".turn")
    heard = []
    while len(heard) < 3:
        expect(said.nth(len(heard))).to_be_visible(timeout=15_000)
        heard.append(time.monotonic())
    assert heard[-1] - heard[0] > 1, "the words came all at once"

    booked = page.locator(".deed").filter(has_text="Booked an appointment")
    expect(page.locator(".deed").filter(has_text="Looked for free times")).to_be_visible(timeout=30_000)
    expect(booked).to_be_visible(timeout=30_000)
    booked.locator("summary").click()
    expect(booked.get_by_text("Asked")).to_be_visible()
    expect(headline).to_have_text(re.compile(rf"{caller} called for .+ and booked .+"), timeout=30_000)
    expect(booked).to_have_attribute("open", "")
    reference = page.locator(".facts .mono").inner_text()
    expect(page.locator(".page-headline .page-lead")).not_to_be_empty(timeout=15_000)
    assert ana.is_same_page()

    page.get_by_role("link", name="Appointments").first.click()
    expect(page.get_by_role("row").filter(has_text=reference)).to_contain_text(caller)
    _sees_nothing_of(other, caller, reference)


def _sees_nothing_of(other, caller, reference):
    for address in ("/dashboard", "/dashboard/calls", "/dashboard/appointments"):
        other.page.goto(address)
        assert caller not in other.page.content()
        assert reference not in other.page.content()


def test_the_checklist_leads_to_the_first_call(person):
    """Its button opens the page that places calls, which leads to the list where the call arrives."""
    ana = person()
    ana.sign_up("Checklist Clinic")
    ana.wait_for_receptionist()
    ana.step("A first call").get_by_role("link").click()
    ana.page.get_by_role("button", name="Place the call").click()
    ana.page.wait_for_url("**/dashboard/calls")
    expect(ana.page.locator("#rows-first tr")).to_have_count(1)
    ana.page.goto("/dashboard/onboarding")
    expect(ana.step("A first call")).to_have_attribute("data-state", "done")


def test_a_call_of_one_clinic_is_not_there_for_another(person, crowded):
    stranger = person()
    stranger.sign_up("Stranger Clinic")

    answer = stranger.page.goto(f"/dashboard/calls/{crowded['call_id']}")

    assert answer.status == 404
    expect(stranger.page.get_by_role("heading", name="We could not find that")).to_be_visible()
