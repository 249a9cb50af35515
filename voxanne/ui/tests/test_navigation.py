"""The menu shows what exists and is permitted."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from voxanne.ui import permissions
from voxanne.ui.context import Shell
from voxanne.ui.navigation import MAIN, links


def _page(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


_calls = [path("", _page, name="overview"), path("calls", _page, name="list")]
_agents = [path("agents", _page, name="list")]
urlpatterns = [
    path("dashboard/", include((_calls, "calls"))),
    path("dashboard/", include((_agents, "agents"))),
]

pytestmark = pytest.mark.urls(__name__)


@pytest.fixture
def answers() -> Iterator[None]:
    """Let tests say who may do what, and put the real answer back."""
    before = permissions._check
    yield
    permissions.use_check(before)


def test_pages_that_do_not_exist_are_left_out() -> None:
    shown = [link.label for link in links(MAIN, view_name="", allows=lambda _: True)]

    assert shown == ["Overview", "Calls", "Agents"]


def test_pages_without_permission_are_left_out() -> None:
    shown = [link.label for link in links(MAIN, view_name="", allows=lambda name: name == "agents:read")]

    assert shown == ["Agents"]


def test_a_calls_own_page_belongs_to_calls() -> None:
    current = [link.label for link in links(MAIN, view_name="calls:detail", allows=lambda _: True) if link.is_current]

    assert current == ["Calls"]


def test_nothing_is_permitted_before_somebody_answers(answers: None) -> None:
    permissions.use_check(permissions._nobody)

    assert not permissions.is_allowed("owner", "calls:read")


def test_the_shell_asks_with_the_members_role(answers: None) -> None:
    asked: list[tuple[str | None, str]] = []
    permissions.use_check(lambda role, permission: bool(asked.append((role, permission))))
    request = HttpRequest()
    request.membership = type("Fact", (), {"role": "member"})()  # type: ignore[attr-defined]

    assert Shell(request).nav == []
    assert ("member", "calls:read") in asked


def test_a_visitor_has_no_menu_no_organisation_and_no_stream() -> None:
    shell = Shell(HttpRequest())

    assert (shell.nav, shell.org, shell.memberships, shell.live_url) == ([], None, [], "")


@time_machine.travel("2026-11-23T08:00:00.250Z", tick=False)
def test_a_page_names_the_moment_from_which_it_follows_changes(settings: Any) -> None:
    settings.LIVE_URL = "https://voxanne.test/live"
    request = HttpRequest()
    request.org = type("Clinic", (), {"name": "North Clinic"})()  # type: ignore[attr-defined]

    assert Shell(request).live_url == "https://voxanne.test/live?since=1795420800250"
