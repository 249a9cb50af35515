"""Live updates and the work behind them survive the loss of their processes."""

import re

from playwright.sync_api import expect

WHOLE_STORY = re.compile("called for .+ and booked .+")


def test_rows_arrive_again_after_the_live_process_was_lost(person, stack):
    ana = person()
    ana.sign_up("Lantern Clinic")
    ana.wait_for_receptionist()
    ana.page.goto("/dashboard/calls")
    ana.wait_until_live()
    ana.remember_page()
    before = stack.pid("live")

    stack.kill("live")
    expect(ana.page.locator("[data-live]")).to_have_attribute("data-state", "waiting")
    ana.place_call()  # while nobody listens

    stack.wait_for_process("live", not_pid=before)
    ana.wait_until_live()
    expect(ana.page.locator("#rows-first tr")).to_have_count(1, timeout=20_000)
    ana.place_call(scenario="Ask a price")
    expect(ana.page.locator("#rows-first tr")).to_have_count(2, timeout=20_000)
    assert ana.is_same_page()


def test_a_call_ends_up_right_when_the_worker_is_killed_in_the_middle(person, stack):
    ana = person()
    ana.sign_up("Quay Clinic")
    ana.wait_for_receptionist()
    ana.page.goto("/dashboard/calls")
    ana.wait_until_live()
    before = stack.pid("worker")

    ana.place_call()
    expect(ana.page.locator("#rows-first tr")).to_have_count(1)
    stack.kill("worker")

    stack.wait_for_process("worker", not_pid=before)
    row = ana.page.locator("#rows-first tr")
    expect(row).to_contain_text("Booked", timeout=45_000)
    row.get_by_role("link").click()
    expect(ana.page.locator(".page-headline > p").first).to_have_text(WHOLE_STORY, timeout=60_000)
    expect(ana.page.locator(".page-headline .page-lead")).not_to_be_empty(timeout=30_000)
    expect(ana.page.locator(".deed")).to_have_count(2)
    ana.page.goto("/dashboard/appointments")
    expect(ana.page.locator("#rows tr[id]")).to_have_count(1)


def test_a_caller_in_danger_is_told_of_on_every_open_page(person):
    ana = person()
    ana.sign_up("Harbour Clinic")
    ana.wait_for_receptionist()
    ana.page.goto("/dashboard/calls")
    ana.wait_until_live()
    ana.place_call(scenario="Possible emergency")

    toast = ana.page.locator(".toast").filter(has_text="A caller may need urgent help")
    expect(toast).to_have_count(1, timeout=20_000)
    toast.get_by_role("link", name="open the call").click()
    instruction = ana.page.get_by_text(re.compile(r"This may be an emergency. Please hang up and call \d{3} now"))
    expect(instruction).to_be_visible(timeout=20_000)
    task = ana.page.locator(".task")
    expect(task).to_contain_text("chest pain")
    ana.page.goto("/dashboard")
    expect(ana.page.get_by_role("link", name="A caller may need urgent help")).to_be_visible()
    ana.page.get_by_role("link", name="A caller may need urgent help").click()
    task.get_by_role("button", name="Done").click()
    expect(task.get_by_role("button", name="Undo")).to_be_visible()
    ana.page.goto("/dashboard")
    expect(ana.page.get_by_role("link", name="A caller may need urgent help")).to_have_count(0)
