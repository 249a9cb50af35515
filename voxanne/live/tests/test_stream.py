"""The event stream over a real server, a real Redis and real sessions."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
import redis
import uvicorn
from django.conf import settings
from django.test import Client

from orgs.live_access import find_viewer
from orgs.middleware import ACTIVE_ORG
from orgs.models import Membership, Organization, Role, User
from orgs.sessions import LAST_SEEN
from voxanne.embedded.ports import free_port
from voxanne.embedded.services import start_redis
from voxanne.live import publish
from voxanne.live.stream import Timing, create_app

pytestmark = pytest.mark.django_db(transaction=True)
QUICK = Timing(heartbeat_s=0.2, recheck_s=0.4)


@contextmanager
def serving(*, redis_url: str = "", timing: Timing | None = None) -> Iterator[str]:
    """The application on a port of its own, in a thread of its own."""
    port = free_port()
    config = uvicorn.Config(
        create_app(find_viewer, redis_url=redis_url, timing=timing),
        port=port,
        log_level="error",
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port}/live"
    finally:
        server.should_exit = True
        thread.join(10)


_open_browsers: list["Browser"] = []


class Browser:
    """An open stream, read in a thread: what arrived, and whether the server ended it."""

    def __init__(self, address: str, cookie: str, **headers: str) -> None:
        self.events: list[tuple[str, dict[str, str]]] = []
        self.last_id = ""
        self.heartbeats = 0
        self.ended = threading.Event()
        self._opened = threading.Event()
        self._address = address
        self._headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}", **headers}
        self._client = httpx.Client(timeout=30, trust_env=False)
        _open_browsers.append(self)
        threading.Thread(target=self._read, daemon=True).start()
        assert self._opened.wait(10), "the stream did not open"

    def close(self) -> None:
        """Go away, as a browser does when its page is left."""
        self._client.close()

    def _read(self) -> None:
        with suppress(httpx.HTTPError):
            self._follow()
        self.ended.set()

    def _follow(self) -> None:
        kind = ""
        with self._client.stream("GET", self._address, headers=self._headers) as response:
            assert response.status_code == 200, response.read()
            for line in response.iter_lines():
                name, _, value = line.partition(": ")
                if line.startswith(":"):
                    self.heartbeats += 1
                elif name == "id":
                    self.last_id = value
                    self._opened.set()
                elif name == "event":
                    kind = value
                elif name == "data" and kind != "agent":  # a new clinic's agents announce themselves
                    self.events.append((kind, json.loads(value)))

    def wait_for(self, count: int) -> list[tuple[str, dict[str, str]]]:
        deadline = time.monotonic() + 8
        while len(self.events) < count and time.monotonic() < deadline:
            time.sleep(0.01)
        return list(self.events)


@pytest.fixture(scope="module")
def live() -> Iterator[str]:
    with serving(timing=QUICK) as address:
        yield address


@pytest.fixture(autouse=True)
def _leave_nothing() -> Iterator[None]:
    connection = publish.connection()
    yield
    while _open_browsers:
        _open_browsers.pop().close()
    for name in connection.scan_iter("voxanne:live:*"):
        connection.delete(name)


@pytest.fixture
def session_of(sign_in: Callable[[User], Client]) -> Callable[[User], str]:
    return lambda user: sign_in(user).cookies[settings.SESSION_COOKIE_NAME].value


@pytest.fixture
def cookie(north_owner: User, session_of: Callable[[User], str]) -> str:
    return session_of(north_owner)


@pytest.fixture
def people(north_owner: User, south_owner: User) -> tuple[User, User]:
    """The owners of the two clinics."""
    return north_owner, south_owner


def announce(org: Organization, kind: str = "call", **ids: str) -> None:
    publish._append([(publish.stream_name(org.pk), kind, json.dumps(ids))])


def ask(address: str, cookie: str = "", **headers: str) -> httpx.Response:
    cookies = {settings.SESSION_COOKIE_NAME: cookie} if cookie else {}
    with (
        httpx.Client(timeout=10, cookies=cookies, trust_env=False) as client,
        client.stream("GET", address, headers=headers) as response,
    ):
        return response


def test_a_change_reaches_the_browser_with_its_ids(live: str, north: Organization, north_owner: User, session_of: Any):
    browser = Browser(live, session_of(north_owner))

    announce(north, "appointment", id="a1", call="c1")

    assert browser.wait_for(1) == [("appointment", {"id": "a1", "call": "c1"})]


def test_two_organisations_never_see_each_others_events(
    live: str, north: Organization, south: Organization, people: tuple[User, User], session_of: Any
):
    in_north, in_south = (Browser(live, session_of(person)) for person in people)

    for number in range(20):
        announce(north, id=f"n{number}")
        announce(south, id=f"s{number}")

    assert [event["id"] for _, event in in_north.wait_for(20)] == [f"n{number}" for number in range(20)]
    assert [event["id"] for _, event in in_south.wait_for(20)] == [f"s{number}" for number in range(20)]


def test_what_happened_while_the_page_was_on_its_way_is_not_lost(
    live: str, north: Organization, north_owner: User, session_of: Any
):
    announce(north, id="just before")

    assert Browser(live, session_of(north_owner)).wait_for(1) == [("call", {"id": "just before"})]


@pytest.mark.parametrize(("rendered_s_ago", "heard"), [(30, ["long before"]), (0, []), (-60, []), (3600, [])])
def test_a_page_that_was_long_on_its_way_says_from_when_it_is(
    live: str, north: Organization, cookie: str, rendered_s_ago: int, heard: list[str]
):
    moment, name = int(time.time() * 1000), publish.stream_name(north.pk)
    publish.connection().delete(name)
    entry = {"kind": "call", "data": json.dumps({"id": "long before"})}
    publish.connection().xadd(name, entry, id=f"{moment - 20_000}-0")

    browser = Browser(f"{live}?since={moment - rendered_s_ago * 1000}", cookie)
    announce(north, id="now")

    events = browser.wait_for(len(heard) + 1)
    assert [event["id"] for _, event in events] == [*heard, "now"]


@pytest.mark.parametrize("since", ["", "-1", "1e3", "9" * 400, "$"])
def test_a_meaningless_moment_does_no_harm(live: str, north: Organization, cookie: str, since: str):
    browser = Browser(f"{live}?since={since}", cookie)

    announce(north, id="c1")

    assert browser.wait_for(1) == [("call", {"id": "c1"})]


def test_a_browser_that_comes_back_gets_what_it_missed_and_nothing_twice(
    live: str, north: Organization, north_owner: User, session_of: Any
):
    cookie = session_of(north_owner)
    first = Browser(live, cookie)
    announce(north, id="seen")
    first.wait_for(1)
    announce(north, id="missed")
    announce(north, id="missed too")

    again = Browser(live, cookie, **{"Last-Event-ID": first.events and _id_of(north, "seen")})
    announce(north, id="new")

    assert [event["id"] for _, event in again.wait_for(3)] == ["missed", "missed too", "new"]


def _id_of(org: Organization, wanted: str) -> str:
    entries = publish.connection().xrange(publish.stream_name(org.pk))
    return next(entry for entry, fields in entries if json.loads(fields["data"])["id"] == wanted)


def test_a_browser_that_was_away_too_long_is_told_to_load_again(
    live: str, north: Organization, north_owner: User, session_of: Any
):
    announce(north, id="old")
    old = _id_of(north, "old")
    publish.connection().delete(publish.stream_name(north.pk))
    time.sleep(0.01)  # ids begin with the millisecond
    announce(north, id="newer")

    browser = Browser(live, session_of(north_owner), **{"Last-Event-ID": old})
    assert browser.wait_for(1) == [("reset", {})]
    announce(north, id="newest")

    assert browser.wait_for(2)[1:] == [("call", {"id": "newest"})]


def test_a_meaningless_last_event_id_does_no_harm(live: str, north: Organization, north_owner: User, session_of: Any):
    browser = Browser(live, session_of(north_owner), **{"Last-Event-ID": "$; FLUSHALL"})

    announce(north, id="c1")

    assert ("call", {"id": "c1"}) in browser.wait_for(2)


def test_a_quiet_stream_gives_signs_of_life(live: str, north: Organization, north_owner: User, session_of: Any):
    browser = Browser(live, session_of(north_owner))

    time.sleep(0.7)

    assert browser.heartbeats >= 2


@pytest.mark.parametrize("cookie", ["", "not-a-session", "x" * 5000])
def test_without_a_session_nothing_is_told(live: str, north: Organization, cookie: str):
    assert ask(live, cookie).status_code == 401


def test_somebody_without_an_organisation_is_refused(live: str, db: None, session_of: Any):
    nobody = User.objects.create_user(email="nobody@example.com")

    assert ask(live, session_of(nobody)).status_code == 403


def test_an_organisation_that_the_person_left_is_refused(
    live: str, north: Organization, south: Organization, north_owner: User, sign_in: Any
):
    client = sign_in(north_owner)
    session = client.session
    session[ACTIVE_ORG] = str(south.pk)
    session.save()

    assert ask(live, client.cookies[settings.SESSION_COOKIE_NAME].value).status_code == 403


def test_a_session_that_was_silent_for_too_long_is_refused(
    live: str, north: Organization, north_owner: User, sign_in: Any
):
    client = sign_in(north_owner)
    session = client.session
    session[LAST_SEEN] = int(time.time()) - settings.SESSION_IDLE_MINUTES * 60 - 5
    session.save()

    assert ask(live, client.cookies[settings.SESSION_COOKIE_NAME].value).status_code == 401


def test_another_site_is_refused(live: str, north: Organization, north_owner: User, session_of: Any):
    answer = ask(live, session_of(north_owner), Origin="https://evil.example")

    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers


def test_the_site_itself_may_read_with_its_cookie(live: str, north: Organization, north_owner: User, session_of: Any):
    answer = ask(live, session_of(north_owner), Origin=settings.BACKEND_URL)

    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == settings.BACKEND_URL
    assert answer.headers["access-control-allow-credentials"] == "true"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-accel-buffering"] == "no"
    assert answer.headers["content-type"].startswith("text/event-stream")


def test_only_reading_is_possible(live: str):
    assert httpx.post(live, trust_env=False).status_code == 405


def test_a_member_who_is_removed_is_cut_off(
    live: str, north: Organization, add_member: Any, session_of: Any, working_for: Any
):
    member = add_member(north, Role.MEMBER)
    browser = Browser(live, session_of(member))

    with working_for(north):
        Membership.objects.filter(user=member).update(is_active=False)

    assert browser.ended.wait(5)
    announce(north, id="secret")
    assert browser.events == []


def test_signing_out_cuts_the_stream(live: str, north: Organization, north_owner: User, sign_in: Any):
    client = sign_in(north_owner)
    browser = Browser(live, client.cookies[settings.SESSION_COOKIE_NAME].value)

    client.logout()

    assert browser.ended.wait(5)


def test_many_browsers_share_a_few_connections(live: str, north: Organization, north_owner: User, session_of: Any):
    cookie = session_of(north_owner)
    with ThreadPoolExecutor(40) as people_at_nine_o_clock:
        browsers = list(people_at_nine_o_clock.map(lambda _: Browser(live, cookie), range(120)))

    announce(north, id="for all")

    assert all(("call", {"id": "for all"}) in browser.wait_for(1) for browser in browsers)
    names = [client["name"] for client in publish.connection().client_list()]
    assert names.count("voxanne-live") <= 20


@pytest.mark.slow
def test_a_restart_of_redis_is_survived_and_admitted(
    north: Organization, north_owner: User, session_of: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    port = free_port()
    server = start_redis(tmp_path / "redis", port=port)
    connection = redis.Redis.from_url(server.url, decode_responses=True, socket_connect_timeout=1)
    monkeypatch.setattr(publish, "connection", lambda: connection)
    with serving(redis_url=server.url, timing=QUICK) as address:
        browser = Browser(address, session_of(north_owner))
        announce(north, id="before")
        browser.wait_for(1)

        server.stop()
        time.sleep(0.5)
        server = start_redis(tmp_path / "redis", port=port)

        assert browser.wait_for(2)[1:] == [("reset", {})]
        announce(north, id="after")
        assert browser.wait_for(3)[2:] == [("call", {"id": "after"})]
        assert not browser.ended.is_set()
        browser.close()
    connection.close()
    server.stop()
