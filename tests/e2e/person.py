"""Somebody at a browser: what they do is said as they would say it."""

import re
from datetime import date
from itertools import count
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Locator, expect

from tests.e2e.crowded import PASSWORD
from tests.e2e.stack import Stack

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
_numbers = count(1)


class Person:
    """A browser context of its own: cookies, size and theme."""

    def __init__(
        self, browser: Browser, stack: Stack, *, script: bool = True, size: dict[str, int] = DESK, session: Any = None
    ) -> None:
        self.context = browser.new_context(
            base_url=stack.url, viewport=size, java_script_enabled=script, reduced_motion="reduce",
            storage_state=session, is_mobile=size is PHONE and script, has_touch=size is PHONE,
        )  # fmt: skip
        self.context.set_default_timeout(10_000)
        self.page = self.context.new_page()
        self.complaints: list[str] = []
        self.stack = stack
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(f"{self.page.url}: {error}"))

    def _heard(self, message: ConsoleMessage) -> None:
        # Chromium reports each error status as one; tests assert statuses themselves. The killed stream is one of them.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.complaints.append(f"{self.page.url}: {message.text}")

    def leave(self) -> None:
        self.context.close()

    def sign_up(self, clinic: str) -> str:
        """Open a clinic, as somebody who never saw the product; the address they signed up with."""
        email = f"owner{next(_numbers)}@{re.sub('[^a-z]', '', clinic.lower())}.test"
        self.page.goto("/")
        self.page.get_by_role("link", name="Set up your clinic").click()
        self.page.get_by_label("Clinic name").fill(clinic)
        self.page.get_by_label("Your name").fill("Robin Hale")
        self.page.get_by_label("Email").fill(email)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Create the clinic").click()
        expect(self.page.get_by_role("heading", name="Get started")).to_be_visible()
        return email

    def sign_in(self, email: str, password: str = PASSWORD) -> None:
        self.page.goto("/accounts/login/")
        self.page.get_by_label("Email").fill(email)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_url("**/dashboard**")

    def sign_out(self) -> None:
        self.page.locator("summary[aria-label=Account]").click()
        self.page.get_by_role("button", name="Sign out").click()
        expect(self.page.get_by_role("heading", name="Sign in to your clinic")).to_be_visible()

    def wait_for_receptionist(self) -> None:
        """Until the checklist, which is live, says that the receptionist is ready."""
        expect(self.step("Your receptionist")).to_have_attribute("data-state", "done", timeout=20_000)

    def step(self, title: str) -> Locator:
        return self.page.locator(".step").filter(has=self.page.get_by_text(title, exact=True))

    def wait_until_live(self) -> None:
        expect(self.page.locator("[data-live]")).to_have_attribute("data-state", "live", timeout=20_000)

    def place_call(self, *, pace: str = "Fast", scenario: str = "Book an appointment") -> None:
        """Simulate one from the page that is open."""
        self.page.get_by_role("link", name="Simulate a call").first.click()
        dialog = self.page.get_by_role("dialog")
        dialog.get_by_role("radio", name=scenario).check()
        dialog.get_by_role("radio", name=re.compile(pace)).check()
        dialog.get_by_role("button", name="Place the call").click()
        expect(dialog).to_be_hidden()

    def book(self, patient: str, *, day: date, at: str) -> None:
        """A visit at that time of the day, made by hand."""
        self.page.goto("/dashboard/appointments/new")
        self.page.get_by_label("Patient").fill(patient)
        self.page.get_by_label("Day").fill(day.isoformat())
        self.page.get_by_label("Time").fill(at)
        self.page.get_by_role("button", name="Book").click()
        self.page.wait_for_url("**/day?day=**")

    def read_mail(self, to: str, *, subject: str) -> str:
        """The link in the newest mail of that kind to the address, as the sandbox's page shows it."""
        mail = self.context.new_page()
        mail.goto(f"{self.stack.sandbox_url}/emails")
        mail.get_by_role("link").filter(has_text=to).filter(has_text=subject).first.click()
        link = mail.locator(f"a[href^='{self.stack.url}']").first.get_attribute("href")
        mail.close()
        assert link, f"no link in the mail to {to}"
        return link

    def remember_page(self) -> None:
        """Mark the document: `is_same_page` then says whether it was ever loaded again."""
        self.page.evaluate("window.marked = true")

    def is_same_page(self) -> bool:
        return bool(self.page.evaluate("window.marked === true"))
