"""axe finds nothing on any page, in light and dark, on a phone and on a desk; consoles stay silent.

Each page is opened once, on a phone, and looked at in every size and theme.
"""

from playwright.sync_api import expect

from tests.e2e.accessibility import crawl, find_violations
from tests.e2e.crowded import PASSWORD
from tests.e2e.person import PHONE

# The least that a crawl must find: a page that nothing leads to any more would go unseen.
KNOWN = {
    "/dashboard", "/dashboard/calls", "/dashboard/appointments", "/dashboard/agents", "/dashboard/settings/team",
    "/dashboard/settings/clinic", "/dashboard/settings/calls", "/dashboard/onboarding", "/dashboard/calls/simulate",
    "/dashboard/settings/hours", "/dashboard/settings/practitioners", "/dashboard/settings/booking",
    "/dashboard/settings/reminders", "/dashboard/appointments/waitlist", "/dashboard/appointments/waitlist/new",
    "/dashboard/knowledge", "/dashboard/knowledge/text", "/dashboard/knowledge/page", "/dashboard/knowledge/questions",
    "/dashboard/knowledge/ask", "/dashboard/leads", "/dashboard/leads/new", "/dashboard/services",
    "/dashboard/settings/notifications", "/accounts/email/",
    "/accounts/password/change/", "/accounts/2fa/", "/accounts/2fa/totp/activate/", "/accounts/sessions/",
}  # fmt: skip
SIGNED_OUT = {
    "/accounts/login/": 200,
    "/accounts/signup/": 200,
    "/accounts/password/reset/": 200,
    "/accounts/password/reset/done/": 200,
    "/accounts/password/reset/key/1-abc/": 200,
    "/accounts/confirm-email/": 200,
    "/accounts/confirm-email/none/": 200,
    "/accounts/inactive/": 200,
    "/invitations/01900000-0000-7000-8000-000000000000/none": 410,
    "/no/such/page": 404,
}


def test_every_page_that_links_lead_to(person, signed_in):
    ana = person(size=PHONE, session=signed_in("owner"))
    _confirm_identity(ana)
    found, visited = [], set()

    for address in crawl(ana.page, "/dashboard"):
        visited.add(address)
        found += find_violations(ana.page, address)
    for address in ("/dashboard/choose", "/accounts/logout/", "/dashboard/calls?q=nobody-of-this-name"):
        ana.page.goto(address)
        found += find_violations(ana.page, address)

    print(sorted(visited))  # noqa: T201 - shown with -s
    assert visited >= KNOWN, KNOWN - visited
    assert not found, "\n".join(found)


def test_pages_for_strangers_and_errors(person, signed_in):
    found = []
    stranger, member, lone = person(size=PHONE), person(size=PHONE, session=signed_in("member")), person(size=PHONE)
    for address, status in SIGNED_OUT.items():
        assert stranger.page.goto(address).status == status, address
        found += find_violations(stranger.page, address)
    found += _refused_forms(stranger)
    found += _errors(member)
    lone.sign_in("nobody@clinic.test")
    found += find_violations(lone.page, "a person in no clinic")

    assert not found, "\n".join(found)


def test_what_opens_on_pages(person, signed_in):
    ana = person(size=PHONE, session=signed_in("owner"))
    page, found = ana.page, []
    page.goto("/dashboard/calls")
    page.get_by_role("link", name="Simulate a call").click()
    expect(page.get_by_role("dialog").get_by_role("button", name="Place the call")).to_be_visible()
    found += find_violations(page, "the dialog")
    page.goto("/dashboard")
    page.locator("summary[aria-label=Account]").click()
    found += find_violations(page, "the account menu")
    page.goto("/dashboard/calls")
    page.get_by_role("link", name="Load more").click()
    expect(page.locator("tbody tr[id]")).to_have_count(50)
    page.locator(".row-link").nth(1).click()
    expect(page.locator(".turn").first).to_be_visible()
    page.locator(".deed summary").first.click()
    found += find_violations(page, "a live call with an open tool call")

    assert not found, "\n".join(found)


def test_a_clinic_without_anything(person):
    new = person(size=PHONE)
    new.sign_up("Empty Clinic")
    found = find_violations(new.page, "the checklist of a new clinic")
    for address in ("/dashboard", "/dashboard/calls", "/dashboard/appointments", "/dashboard/appointments?view=past"):
        new.page.goto(address)
        found += find_violations(new.page, f"empty {address}")

    assert not found, "\n".join(found)


def _confirm_identity(someone):
    """Security pages ask for a fresh sign-in; the crawl should see the pages behind the question."""
    someone.page.goto("/accounts/reauthenticate/?next=/dashboard")
    someone.page.get_by_label("Password").fill(PASSWORD)
    someone.page.get_by_role("button", name="Confirm").click()
    someone.page.wait_for_url("**/dashboard")


def _refused_forms(someone):
    found = []
    for address, button in (("/accounts/login/", "Sign in"), ("/accounts/signup/", "Create the clinic")):
        someone.page.goto(address)
        someone.page.get_by_role("button", name=button).click()
        expect(someone.page.get_by_role("alert")).to_be_visible()
        found += find_violations(someone.page, f"{address} refused")
    return found


def _errors(member):
    """The pages for 400, 403 (by role, by an old form) and 404, signed in."""
    page, found = member.page, []
    for address, status in (("/dashboard/calls/not-an-id", 400), ("/dashboard/nowhere", 404)):
        assert page.goto(address).status == status
        found += find_violations(page, address)
    by_role, by_age = "/dashboard/settings/team/invite", "/dashboard/switch"
    for address, token, words in ((by_role, "real", "Your role does not allow this"), (by_age, "", "form")):
        page.goto("/dashboard")
        page.evaluate(
            """([address, token]) => {
                const form = document.createElement("form");
                form.method = "post";
                form.action = address;
                const known = document.querySelector("[name=csrfmiddlewaretoken]").cloneNode();
                if (token) form.append(known);
                document.body.append(form);
                form.submit();
            }""",
            [address, token],
        )
        expect(page.get_by_role("heading", level=1)).to_contain_text(words)
        found += find_violations(page, f"403, {words}")
    return found
