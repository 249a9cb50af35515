"""People come, join, change clinics and find their way back, with mail read on the sandbox's page."""

import re

from playwright.sync_api import expect

from tests.e2e.crowded import PASSWORD

NEW_PASSWORD = "7714 0092 6623 qv"


def test_a_colleague_is_invited_joins_and_switches_clinics(person):
    ana, ben = person(), person()
    ana.sign_up("Harbour Street Clinic")
    home = ben.sign_up("Own Clinic")
    ana.page.goto("/dashboard/settings/team")
    ana.page.get_by_label("Email address").fill(home)
    ana.page.get_by_role("button", name="Send the invitation").click()
    expect(ana.page.get_by_text(f"Invitation sent to {home}.")).to_be_visible()

    ben.page.goto(ben.read_mail(home, subject="Join Harbour Street Clinic"))
    ben.page.get_by_role("button", name="Join the clinic").click()
    expect(ben.page.locator("summary[title='Harbour Street Clinic']")).to_be_visible()
    ben.page.goto("/dashboard/settings/team")
    expect(ben.page.get_by_text("Admins and owners invite members")).to_be_visible()
    ben.page.locator("summary[title='Harbour Street Clinic']").click()
    ben.page.get_by_role("button", name="Own Clinic").click()
    expect(ben.page.locator("summary[title='Own Clinic']")).to_be_visible()

    ana.page.reload()
    ana.page.get_by_role("combobox", name=re.compile("Role of")).select_option("admin")
    expect(ana.page.locator(".toast")).to_be_visible()
    expect(ana.page.get_by_role("combobox", name=re.compile("Role of"))).to_have_value("admin")


def test_somebody_new_accepts_an_invitation(person):
    ana, new = person(), person()
    ana.sign_up("Quiet Clinic")
    ana.page.goto("/dashboard/settings/team")
    ana.page.get_by_label("Email address").fill("nina@quiet.test")
    ana.page.get_by_role("button", name="Send the invitation").click()

    new.page.goto(new.read_mail("nina@quiet.test", subject="Join Quiet Clinic"))
    new.page.get_by_label("name").fill("Nina Okafor")
    new.page.get_by_label("Password").fill(PASSWORD)
    new.page.get_by_role("button", name="Create my account and join").click()
    expect(new.page.locator("summary[title='Quiet Clinic']")).to_be_visible()


def test_a_forgotten_password_is_replaced_by_mail(person):
    ana = person()
    email = ana.sign_up("Forgetful Clinic")
    ana.sign_out()
    ana.page.get_by_role("link", name="Forgot your password?").click()
    ana.page.get_by_label("Email").fill(email)
    ana.page.get_by_role("button", name="Send the link").click()
    expect(ana.page.get_by_role("heading", name="Check your email")).to_be_visible()

    ana.page.goto(ana.read_mail(email, subject="assword"))
    for field in ana.page.locator("input[type=password]").all():
        field.fill(NEW_PASSWORD)
    ana.page.get_by_role("button", name="Save the password").click()
    expect(ana.page.get_by_role("heading", name="Your password is changed")).to_be_visible()
    ana.sign_in(email, NEW_PASSWORD)
    expect(ana.page.get_by_role("heading", name="Overview")).to_be_visible()


def test_an_address_is_confirmed_by_mail(person):
    ana = person()
    email = ana.sign_up("Careful Clinic")
    expect(ana.page.get_by_text(f"Confirm {email}")).to_be_visible()

    ana.page.goto(ana.read_mail(email, subject="onfirm"))
    ana.page.get_by_role("button", name="Confirm").click()
    ana.page.goto("/dashboard")
    expect(ana.page.get_by_text(f"Confirm {email}")).to_have_count(0)


def test_the_theme_is_kept_without_a_flash(person):
    ana = person()
    ana.sign_up("Dim Clinic")
    ana.page.locator("summary[aria-label=Theme]").click()
    ana.page.get_by_role("button", name="Dark").click()
    expect(ana.page.locator("html")).to_have_attribute("data-theme", "voxanne-dark")

    html = ana.page.request.get("/dashboard").text()
    assert 'data-theme="voxanne-dark"' in html
