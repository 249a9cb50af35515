"""The running product and people with browsers in front of it.

Fixtures end with this package: while Playwright's loop runs, Django refuses database work in the same thread.
"""

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.e2e import stack as stacks
from tests.e2e.person import Person
from tests.e2e.stack import Stack
from voxanne.embedded.chromium import find_chromium

_FLAGS = [
    f"--{flag}"
    for flag in (
        "headless=new", "no-sandbox", "disable-gpu", "disable-background-networking", "disable-component-update",
        "disable-sync", "no-first-run",
    )
]  # fmt: skip

# As long as anything else that a person does may take: other tests run beside these.
expect.set_options(timeout=10_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/e2e" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="package")
def stack(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None) -> Iterator[Stack]:
    """The whole product on ports and a database of its own, with one Celery worker; its logs are kept as pytest's.

    Its database is a copy of what `django_db_setup` has migrated. Its data are not under pytest's folder: for root,
    PostgreSQL runs as another user, and each pytest that starts shuts that folder to others again.
    """
    with tempfile.TemporaryDirectory(prefix="voxanne-e2e-", ignore_cleanup_errors=True) as home:
        running = stacks.start(Path(home))
        yield running
        stacks.stop(running)
        shutil.copytree(running.home / "logs", tmp_path_factory.mktemp("stack") / "logs")


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find_chromium(), args=_FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def person(stack: Stack, browser: Browser) -> Iterator[Callable[..., Person]]:
    """`person()` sits down at a browser of their own. Nothing may go wrong in its console while they work."""
    people: list[Person] = []

    def sit_down(**options: Any) -> Person:
        people.append(Person(browser, stack, **options))
        return people[-1]

    yield sit_down
    complaints = [complaint for someone in people for complaint in someone.complaints]
    for someone in people:
        someone.leave()
    assert not complaints, "\n".join(complaints)


@pytest.fixture(scope="package")
def crowded(stack: Stack) -> dict[str, str]:
    """A clinic with long names, many rows and every state; see tests/e2e/crowded.py."""
    made: dict[str, str] = json.loads(stack.run("tests.e2e.crowded").strip().splitlines()[-1])
    return made


@pytest.fixture(scope="package")
def signed_in(stack: Stack, browser: Browser, crowded: dict[str, str]) -> Callable[[str], Any]:
    """`signed_in("owner")` is the stored session of somebody of the crowded clinic: signing in is throttled."""
    kept: dict[str, Any] = {}

    def session(who: str) -> Any:
        if who not in kept:
            someone = Person(browser, stack)
            someone.sign_in(crowded[who])
            if someone.page.url.endswith("/choose"):
                someone.page.get_by_role("button", name="Featherstonehaugh").click()
                someone.page.wait_for_url("**/dashboard")
            kept[who] = someone.context.storage_state()
            someone.leave()
        return kept[who]

    return session
