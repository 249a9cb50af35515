"""A lead is called back from the page of their call, and an agent calls whoever wants to hear it."""

import re
from itertools import count

import pytest
import requests
from playwright.sync_api import expect

_clinics = count(1)


@pytest.fixture
def ana(person, stack):
    """Somebody whose clinic has a telephone number at the simulated Twilio and Vapi."""
    ana, clinic = person(), next(_clinics)
    ana.sign_up("Call-back Clinic")
    ana.wait_for_receptionist()
    stack.run("tests.e2e.awake")
    ana.page.goto("/dashboard/integrations/twilio")
    for label, value in {
        "Account SID": f"AC{clinic:032x}",
        "Auth token": f"{clinic:032x}",
        "Phone number": f"+44207946018{clinic}",
    }.items():
        ana.page.get_by_label(label).fill(value)
    ana.page.get_by_role("button", name="Test and connect").click()
    expect(ana.page.get_by_text("Connected to your receptionist.")).to_be_visible(timeout=20_000)
    return ana


def calls_asked_for(stack):
    received = requests.get(f"{stack.sandbox_url}/sandbox/ledger", timeout=10).json()["requests"]
    return [item for item in received if (item["method"], item["path"]) == ("POST", "/vapi/call")]


def test_a_double_click_calls_a_lead_back_once_and_the_call_lives_in_the_list(ana, stack):
    page = ana.page
    page.goto("/dashboard/calls")
    ana.wait_until_live()
    ana.place_call(scenario="Caller hangs up")
    first = page.locator("tbody tr[id]").first
    expect(first).not_to_contain_text("Live", timeout=20_000)
    first.get_by_role("link").click()
    number = page.locator("a[href^='tel:']").inner_text()
    ana.remember_page()

    page.get_by_role("button", name="Call back").dblclick()
    expect(page.locator(".toast")).to_have_text(re.compile("Calling .+ now."))
    expect(page.get_by_role("button", name="Call back")).to_be_disabled()
    expect(page.locator("#call-back-reason")).to_contain_text("under way already")
    assert ana.is_same_page()
    page.get_by_role("link", name="Open it").click()
    expect(page.locator(".page-headline > p").first).to_have_text(
        re.compile("Your receptionist called .+"), timeout=120_000
    )

    page.goto("/dashboard/calls")
    rows = page.locator("tbody tr[id]").filter(has_text=number)
    expect(rows).to_have_count(2)
    expect(rows.filter(has_text="Outbound")).to_have_count(1)
    assert len(calls_asked_for(stack)) == 1


def test_an_agent_calls_whoever_wants_to_hear_it(ana, stack):
    page, before = ana.page, len(calls_asked_for(stack))
    page.goto("/dashboard/agents")
    page.goto(re.search("/dashboard/agents/[0-9a-f-]{36}", page.content())[0])
    page.get_by_role("link", name="Call me").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Your phone number").fill("12")
    dialog.get_by_role("button", name="Call me").click()
    expect(dialog.get_by_text("That phone number cannot be called.")).to_be_visible()

    dialog.get_by_label("Your phone number").fill("+44 7700 900555")
    dialog.get_by_role("button", name="Call me").dblclick()
    expect(page.locator(".toast")).to_have_text(re.compile("Calling you now."))
    expect(dialog).to_be_hidden()
    assert len(calls_asked_for(stack)) == before + 1


def test_a_form_that_is_being_sent_is_not_sent_again(ana, stack):
    """However slow the answer is: the second click comes while the first is under way."""
    page, before, sent = ana.page, len(calls_asked_for(stack)), []
    page.goto("/dashboard/agents")
    page.goto(re.search("/dashboard/agents/[0-9a-f-]{36}", page.content())[0])
    page.get_by_role("link", name="Call me").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Your phone number").fill("+44 7700 900556")
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)

    page.evaluate("for (const _ of [1, 2, 3]) document.querySelector('dialog[open] form[hx-post]').requestSubmit()")

    expect(dialog).to_be_hidden()
    page.wait_for_timeout(1500)  # a second answer would be here by now
    expect(page.locator(".toast")).to_have_count(1)
    assert len(sent) == 1
    assert len(calls_asked_for(stack)) == before + 1
