"""A price list is dropped and answers; what a caller asks in vain is answered once, and found from then on."""

import re

from playwright.sync_api import expect

PRICES = "# Price list\n\nA gold inlay costs 640 pounds. It takes two visits, two weeks apart.\n"
DROP = """(form, [name, text]) => {
    const carried = new DataTransfer();
    carried.items.add(new File([text], name, {type: "text/plain"}));
    form.dispatchEvent(new DragEvent("drop", {bubbles: true, cancelable: true, dataTransfer: carried}));
}"""


def test_what_is_written_down_answers_and_what_is_not_is_asked_for(person, signed_in):
    ana = person(session=signed_in("owner"))
    page = ana.page
    page.goto("/dashboard/knowledge")
    ana.wait_until_live()
    ana.remember_page()
    page.locator("#upload").evaluate(DROP, ["inlays and onlays.txt", PRICES])
    expect(page.locator("#uploads")).to_contain_text("Uploaded")
    row = page.locator("#rows-first tr").filter(has_text="inlays and onlays")
    expect(row).to_contain_text(re.compile("Ready|Found by words"), timeout=20_000)
    assert ana.is_same_page()
    _ask(page, "How much is a gold inlay?")
    expect(page.locator("#answer")).to_contain_text("640 pounds", timeout=10_000)
    expect(page.locator("#answer")).to_contain_text(re.compile(r"match, 0\.\d\d"))

    page.get_by_role("link", name="Unanswered").click()
    ana.wait_until_live()
    ana.place_call(scenario="Ask something unknown")
    question = page.locator("#questions li").filter(has_text=re.compile("dog", re.I))
    expect(question).to_contain_text("Asked once", timeout=30_000)
    question.get_by_role("link", name="Add an answer").click()
    page.get_by_label("Answer", exact=True).fill("Dogs may wait with you at reception, on a lead.")
    page.get_by_role("button", name="Save the answer").click()
    expect(page.locator("#questions")).not_to_contain_text("dog")
    _ask(page, "Are dogs allowed?")
    expect(page.locator("#answer")).to_contain_text("on a lead", timeout=10_000)


def _ask(page, question):
    page.get_by_role("link", name="Ask", exact=True).click()
    page.get_by_label("What might a caller ask?").fill(question)
    page.get_by_role("button", name="Ask", exact=True).click()
