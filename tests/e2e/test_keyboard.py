"""What the mouse can do, the keyboard can."""

import pytest
from playwright.sync_api import expect

IS_VISIBLE_FOCUS = """() => {
  const element = document.activeElement;
  const drawn = (style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  const box = element.closest(".chip, .choice") ?? element;
  return element === document.body || [getComputedStyle(box), getComputedStyle(element, "::after")].some(drawn);
}"""


@pytest.fixture
def ana(person, signed_in):
    return person(session=signed_in("owner"))


def test_slash_goes_to_the_search_and_escape_leaves_it(ana):
    ana.page.goto("/dashboard/calls")
    ana.page.keyboard.press("/")
    expect(ana.page.get_by_label("Search by name or number")).to_be_focused()
    ana.page.keyboard.type("Reyes")
    expect(ana.page.locator("tbody tr[id]").first).to_contain_text("Ana Reyes")
    ana.page.wait_for_url("**q=Reyes**")
    ana.page.keyboard.press("Escape")
    expect(ana.page.get_by_label("Search by name or number")).not_to_be_focused()


def test_a_dialog_keeps_the_focus_and_gives_it_back(ana):
    page = ana.page
    page.goto("/dashboard/calls")
    opener = page.get_by_role("link", name="Simulate a call")
    opener.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Place the call")).to_be_visible()
    for _ in range(12):
        page.keyboard.press("Tab")
        assert page.evaluate(
            "document.activeElement.closest('dialog') !== null || document.activeElement === document.body"
        )
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()


def test_a_menu_opens_moves_and_closes(ana):
    page = ana.page
    page.goto("/dashboard")
    account = page.locator("summary[aria-label=Account]")
    account.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("link", name="Email address")).to_be_focused()
    page.keyboard.press("Escape")
    expect(account).to_be_focused()
    expect(page.get_by_role("link", name="Email address")).to_be_hidden()


@pytest.mark.parametrize("address", ["/dashboard", "/dashboard/calls", "/dashboard/settings/team"])
def test_focus_shows_on_everything_that_takes_it(ana, address):
    ana.page.goto(address)
    ana.page.keyboard.press("Tab")
    expect(ana.page.get_by_role("link", name="Skip to content")).to_be_focused()
    for _ in range(30):
        assert ana.page.evaluate(IS_VISIBLE_FOCUS), ana.page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
        ana.page.keyboard.press("Tab")
