"""A list shows what its filters ask for, whatever comes while they are being answered."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import APIResponse, Page, Request, Route, expect

# A Monday that no other test books visits on.
TODAY = datetime.now(UTC).date()
DAY = TODAY + timedelta(days=49 - TODAY.weekday())


class Late:
    """The first answer to a request that matches is given by the server at once and reaches the page when let go."""

    def __init__(self, page: Page, matches: Callable[[Request], bool]) -> None:
        self._page = page
        self._matches = matches
        self._kept: tuple[Route, APIResponse] | None = None
        page.route("**/dashboard/**", self._take)

    def _take(self, route: Route) -> None:
        if self._kept is None and self._matches(route.request):
            self._kept = route, route.fetch()
        else:
            route.continue_()

    def wait(self) -> None:
        """Until the server has given it."""
        for _ in range(100):
            if self._kept:
                return
            self._page.wait_for_timeout(100)
        raise AssertionError("no such request was made")

    def let_go(self) -> None:
        assert self._kept
        route, answer = self._kept
        with self._page.expect_event("requestfinished", lambda request: request == route.request):
            route.fulfill(response=answer)
        self._page.wait_for_timeout(300)  # as long as a swap may take


@pytest.fixture
def ana(person, signed_in):
    return person(session=signed_in("owner"))


@pytest.fixture
def colleague(person, signed_in):
    return person(session=signed_in("owner"))


def is_background(request):
    """Whether news asked for it, and not a person."""
    return request.headers.get("hx-background") == "true"


def rows(page):
    return page.locator("#rows tr[id]")


def test_news_that_arrive_late_bring_nothing_back_that_is_filtered_out(ana, colleague):
    page = ana.page
    page.goto("/dashboard/appointments")
    ana.wait_until_live()
    refresh = Late(page, lambda request: is_background(request) and "q=" not in request.url)
    colleague.book("Quentin Archer", day=DAY, at="09:00")
    refresh.wait()
    page.get_by_role("searchbox").fill("zoë")
    expect(rows(page).filter(has_not_text="Zoë Müller")).to_have_count(0)
    with page.expect_request(lambda request: is_background(request) and "q=" in request.url):
        refresh.let_go()
    expect(rows(page).filter(has_not_text="Zoë Müller")).to_have_count(0)
    assert rows(page).count() > 1


def test_news_that_come_while_filters_are_answered_are_shown(ana, colleague):
    page = ana.page
    page.goto("/dashboard/appointments")
    ana.wait_until_live()
    search = Late(page, lambda request: "q=Rosalind" in request.url)
    page.get_by_role("searchbox").fill("Rosalind")
    search.wait()
    with page.expect_response(lambda response: is_background(response.request)):
        colleague.book("Rosalind Archer", day=DAY, at="11:00")
    search.let_go()
    expect(rows(page)).to_have_count(1)
    expect(rows(page)).to_contain_text("Rosalind Archer")


def test_the_next_page_of_what_was_asked_before_is_not_added_to_what_is_asked_now(ana):
    page = ana.page
    page.goto("/dashboard/calls")
    following = Late(page, lambda request: "cursor=" in request.url)
    page.get_by_role("link", name="Load more").click()
    following.wait()
    page.get_by_text("More filters").click()
    page.get_by_label("Direction").select_option("inbound")
    expect(rows(page).filter(has_not_text="Inbound")).to_have_count(0)
    following.let_go()
    expect(rows(page)).to_have_count(25)
    expect(rows(page).filter(has_not_text="Inbound")).to_have_count(0)
    page.get_by_role("link", name="Load more").click()
    expect(rows(page).filter(has_not_text="Inbound")).to_have_count(0)
    expect(page.locator("#rows tbody:not(#rows-first) tr[id]").last).to_be_visible()
