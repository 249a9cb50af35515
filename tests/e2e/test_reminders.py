"""Choosing reminders: what patients would read follows what is typed."""

import pytest
from playwright.sync_api import expect

from tests.e2e.accessibility import find_violations
from tests.e2e.person import DESK, PHONE

PAGE = "/dashboard/settings/reminders"


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_what_patients_read_follows_what_is_typed(person, signed_in, size):
    page = person(size=size, session=signed_in("owner")).page
    page.goto(PAGE)
    text = page.get_by_label("Text of a reminder by SMS")
    text.fill("See you, ")
    page.get_by_role("button", name="{name}").click()

    expect(text).to_have_value("See you, {name}")
    expect(page.locator("#preview")).to_contain_text("See you, Ana")
    text.fill("See you, {nme}")
    expect(page.locator("#preview")).to_contain_text("There is no {nme}.")
    expect(text).to_be_focused()

    assert find_violations(page, PAGE) == []
