"""A receptionist moves visits in the diary, by mouse and by keyboard."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

# A Monday that the crowded clinic has nothing on.
TODAY = datetime.now(UTC).date()
DAY = TODAY + timedelta(days=42 - TODAY.weekday())


@pytest.fixture
def ana(person, signed_in):
    return person(session=signed_in("owner"))


def card(page, name: str):
    return page.locator(".visit").filter(has_text=name)


def drag(page, what, onto, *, part: float) -> None:
    """Press on the card, move in steps as a hand does, and stay above the target."""
    start, end = what.bounding_box(), onto.bounding_box()
    page.mouse.move(start["x"] + 20, start["y"] + 20)
    page.mouse.down()
    page.mouse.move(start["x"] + 30, start["y"] + 40)
    page.mouse.move(end["x"] + 40, end["y"] + end["height"] * part, steps=4)


def test_a_visit_is_dragged_asked_about_moved_and_put_back(ana):
    page = ana.page
    ana.book("Dragged Patient", day=DAY, at="10:00")
    free = page.locator("li[data-free]").last
    drag(page, card(page, "Dragged Patient"), free, part=0.6)
    label = page.locator(".drag-label")
    expect(label).to_contain_text("14:00")
    page.mouse.up()
    expect(label).to_have_count(0)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("10:00")
    expect(dialog).to_contain_text("14:00")
    dialog.get_by_role("button", name="Move", exact=True).click()
    expect(page.locator("#toasts")).to_contain_text("Dragged Patient moved to 2 pm.")
    expect(card(page, "Dragged Patient")).to_contain_text("14:00–14:30")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#toasts")).to_contain_text("Dragged Patient is back at 10 am.")
    expect(card(page, "Dragged Patient")).to_contain_text("10:00–10:30")


def test_escape_lets_go_and_a_click_opens(ana):
    page = ana.page
    page.goto(f"/dashboard/appointments/day?day={DAY}")
    drag(page, card(page, "Dragged Patient"), page.locator("li[data-free]").last, part=0.5)
    expect(page.locator(".drag-label")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".drag-label")).to_have_count(0)
    page.mouse.up()
    expect(page.get_by_role("dialog")).to_be_hidden()
    card(page, "Dragged Patient").click()
    expect(page.get_by_role("heading", name="Dragged Patient")).to_be_visible()


def test_a_drop_on_a_taken_time_is_explained_with_what_is_free(ana):
    page = ana.page
    ana.book("Earlier Patient", day=DAY, at="12:00")
    drag(page, card(page, "Dragged Patient"), card(page, "Earlier Patient"), part=0.5)
    expect(page.locator(".drag-label")).to_contain_text("taken")
    page.mouse.up()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Move", exact=True).click()
    expect(dialog.get_by_role("alert")).to_contain_text("already been taken")
    expect(dialog.get_by_text("Free near it")).to_be_visible()
    dialog.get_by_role("link", name="Leave it").click()
    expect(dialog).to_be_hidden()
    expect(card(page, "Dragged Patient")).to_contain_text("10:00–10:30")


def test_the_keyboard_moves_what_the_mouse_can(ana):
    page = ana.page
    page.goto(f"/dashboard/appointments/week?day={DAY}")
    card(page, "Dragged Patient").focus()
    page.keyboard.press("m")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Time").fill("15:30")
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("moved to 3:30 pm")
    expect(card(page, "Dragged Patient")).to_contain_text("15:30–16:00")


def test_hours_are_changed_without_script(person, signed_in):
    page = person(script=False, session=signed_in("owner")).page
    page.goto("/dashboard/settings/hours")
    page.get_by_role("button", name="Add hours to Saturday").click()
    page.get_by_label("Saturday, until").fill("13:00")
    page.get_by_role("button", name="Save hours").click()
    expect(page.locator("#toasts")).to_contain_text("Callers hear these hours from now on.")
    expect(page.get_by_label("Saturday, until")).to_have_value("13:00")
    page.get_by_role("button", name="Remove these hours of Saturday").click()
    page.get_by_role("button", name="Save hours").click()
    expect(page.get_by_label("Saturday, until")).to_have_count(0)


def test_hours_are_changed_in_place_and_guarded(ana):
    page = ana.page
    page.goto("/dashboard/settings/hours")
    ana.remember_page()
    page.get_by_role("button", name="Add hours to Sunday").click()
    expect(page.get_by_label("Sunday, from")).to_be_focused()
    assert ana.is_same_page()
    page.get_by_role("button", name="Remove these hours of Sunday").click()
    expect(page.get_by_label("Sunday, from")).to_have_count(0)
    page.get_by_label("Monday, from").fill("18:00")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Monday, until")
    expect(page.get_by_text("It ends before it begins.")).to_be_visible()
