"""The two ways out, against a small server that does as it is told."""

import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest
import requests

from providers.transport import ProviderAdapter, mount
from voxanne.errors import (
    NotFoundAtProvider,
    Owner,
    ProviderError,
    RateLimited,
    Rejected,
    Timeout,
    Unauthorized,
    Unavailable,
)
from voxanne.http import ProviderClient
from voxanne.metrics.testing import Growth


class Server(ThreadingHTTPServer):
    """Answers every request with `status`, `headers` and `body`, after `delay_s`, and keeps what it received."""

    status, body, length, delay_s = 200, b"{}", None, 0.0
    headers: dict[str, str] = {}

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.received: list[tuple[str, str, dict[str, str], bytes]] = []

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        length = int(self.headers.get("Content-Length") or 0)
        sent = {name.lower(): value for name, value in self.headers.items()}
        self.server.received.append((self.command, self.path, sent, self.rfile.read(length)))
        time.sleep(self.server.delay_s)
        self.send_response(self.server.status)
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(self.server.length or len(self.server.body)))
        self.end_headers()
        self.wfile.write(self.server.body)

    def do_POST(self):
        self.do_GET()

    def log_message(self, *arguments):
        pass


@pytest.fixture
def server():
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.shutdown()
        thread.join()


class Client(ProviderClient):
    provider = "somebody"
    credential_owner = Owner.CLINIC


def clinic_client(server):
    return Client(base_url=server.url, headers={"X-Key": "secret"}, retry_delays_s=())


def library_session(server, **options):
    session = requests.Session()
    mount(session, ProviderAdapter(provider="somebody", base_url=f"{server.url}/there", **options))
    return session


def test_a_form_is_sent_as_a_form(server):
    clinic_client(server).request("POST", "/x", operation="x", form={"token": "a b"}, headers={"X-More": "1"})

    _, path, headers, body = server.received[0]
    assert (path, body, headers["x-more"]) == ("/x", b"token=a+b", "1")
    assert headers["content-type"] == "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("status", "kind", "owner"),
    [
        (400, Rejected, Owner.US),
        (401, Unauthorized, Owner.CLINIC),
        (403, Unauthorized, Owner.CLINIC),
        (404, NotFoundAtProvider, Owner.US),
        (429, RateLimited, Owner.PROVIDER),
        (502, Unavailable, Owner.PROVIDER),
    ],
)
def test_a_status_says_what_it_is_and_whose(server, status, kind, owner):
    server.status = status

    with pytest.raises(kind) as refused:
        clinic_client(server).request("GET", "/x", operation="x")
    assert (refused.value.owner, refused.value.status) == (owner, status)


def test_a_credential_does_not_follow_a_redirection(server):
    server.status, server.headers = 302, {"Location": f"{server.url}/elsewhere"}

    with pytest.raises(Unavailable):
        clinic_client(server).request("GET", "/x", operation="x")
    assert [path for _, path, _, _ in server.received] == ["/x"]


def test_a_library_speaks_to_the_address_that_was_set(server):
    library_session(server).get("https://api.somebody.example/v1/x?a=%2B1&b=2", headers={"Authorization": "Bearer t"})

    _, path, headers, _ = server.received[0]
    assert path == "/there/v1/x?a=%2B1&b=2"
    assert headers["x-original-host"] == "api.somebody.example"
    assert headers["authorization"] == "Bearer t"


def test_the_real_address_gets_no_extra_header(server):
    session = requests.Session()
    mount(session, ProviderAdapter(provider="somebody", base_url=server.url))
    session.get(f"{server.url}/x")

    assert "x-original-host" not in server.received[0][2]


def test_no_proxy_is_followed(server, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")

    assert library_session(server).get("https://api.somebody.example/x").status_code == 200


@pytest.mark.parametrize(("status", "kind"), [(429, RateLimited), (500, Unavailable), (504, Unavailable)])
def test_a_library_never_sees_trouble(server, status, kind):
    server.status, server.body = status, b"<html>sorry</html>"

    with pytest.raises(kind) as failed:
        library_session(server, operation="ask").post("https://api.somebody.example/x")
    assert (failed.value.operation, failed.value.status, failed.value.owner) == ("ask", status, Owner.PROVIDER)
    assert len(server.received) == 1


def test_a_library_sees_refusals(server):
    server.status = 401

    assert library_session(server).get("https://api.somebody.example/x").status_code == 401


def test_an_answer_that_breaks_off_counts_as_not_reached(server):
    server.length = 1000

    with pytest.raises(Unavailable):
        library_session(server).get("https://api.somebody.example/x")
    with pytest.raises(Unavailable):
        clinic_client(server).request("GET", "/x", operation="x")


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, "ok"),
        (401, "unauthorized"),
        (404, "not_found"),
        (422, "rejected"),
        (429, "rate_limited"),
        (503, "unavailable"),
    ],
)
def test_each_try_is_counted_by_what_came_of_it(server, status, outcome):
    server.status, grown = status, Growth()
    labels = {"provider": "somebody", "operation": "look", "outcome": outcome}
    grown("provider_call_seconds_count", **labels)
    client = Client(base_url=server.url, headers={}, retry_delays_s=(0.0,))

    with suppress(ProviderError):
        client.request("GET", "/things/447700900123", operation="look")

    assert grown("provider_call_seconds_count", **labels) == len(server.received)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(200, "ok"), (401, "unauthorized"), (404, "not_found"), (400, "rejected"), (500, "unavailable")],
)
def test_what_a_library_sends_is_counted_too(server, status, outcome):
    server.status, grown = status, Growth()
    labels = {"provider": "library", "operation": "look", "outcome": outcome}
    grown("provider_call_seconds_count", **labels)
    session = requests.Session()
    mount(session, ProviderAdapter(provider="library", operation="look"))

    with suppress(ProviderError):
        session.get(f"{server.url}/things")

    assert grown("provider_call_seconds_count", **labels) == 1


def test_what_is_not_answered_in_time_is_not_asked_again(server):
    """A provider that hangs would hold a worker's process for every try."""
    grown, late = Growth(), {"provider": "somebody", "operation": "look", "outcome": "timeout"}
    grown("provider_call_seconds_count", **late)
    server.delay_s = 0.2
    client = Client(base_url=server.url, headers={}, retry_delays_s=(0.0, 0.0), timeout_s=0.05)

    with pytest.raises(Timeout):
        client.request("GET", "/", operation="look")

    assert grown("provider_call_seconds_count", **late) == 1


@pytest.fixture
def waits(monkeypatch):
    """The pauses between tries; nobody waits for them."""
    found = []
    monkeypatch.setattr("voxanne.http.time", SimpleNamespace(sleep=found.append, perf_counter=time.perf_counter))
    return found


def ask(client, **options):
    with suppress(ProviderError):
        client.request("GET", "/x", operation="x", **options)


def test_what_is_known_to_be_down_is_asked_once_until_it_answers(server, waits, caplog):
    client = Client(base_url=server.url, headers={})
    another = Client(base_url=server.url, headers={"X-Key": "of another clinic"})
    server.status = 503

    ask(client)
    assert waits == [2.0, 4.0, 8.0]
    ask(client)
    ask(another)
    assert waits == [2.0, 4.0, 8.0]
    assert len(server.received) == 4 + 1 + 1
    assert caplog.text.count("provider.outage") == 1

    server.status = 404  # a refusal is an answer
    ask(client)
    server.status = 500
    ask(client)
    assert waits == [2.0, 4.0, 8.0] * 2


def test_an_outage_is_forgotten_after_half_a_minute_without_a_failure(server, waits, monkeypatch):
    client, clock = Client(base_url=server.url, headers={}), [1000.0]
    monkeypatch.setattr("voxanne.outages.time", SimpleNamespace(monotonic=lambda: clock[0]))
    server.status = 503

    ask(client)
    clock[0] += 29
    ask(client)
    clock[0] += 29
    ask(client)
    assert waits == [2.0, 4.0, 8.0]
    clock[0] += 31
    ask(client)
    assert waits == [2.0, 4.0, 8.0] * 2


def test_neither_a_full_account_nor_one_failed_try_is_an_outage(server, waits):
    client = Client(base_url=server.url, headers={})
    server.status = 429
    ask(client)
    server.status = 503
    ask(client.once())
    assert waits == [2.0, 4.0, 8.0]

    ask(client)
    assert waits == [2.0, 4.0, 8.0] * 2


def test_a_provider_that_is_away_or_silent_is_counted(server):
    grown = Growth()
    for outcome in ("timeout", "unavailable"):
        grown("provider_call_seconds_count", provider="somebody", operation="look", outcome=outcome)
    nobody = Client(base_url="http://127.0.0.1:1", headers={}, retry_delays_s=())
    silent = Client(base_url=server.url, headers={}, retry_delays_s=(), timeout_s=0.05)
    server.delay_s = 0.2

    for client in (nobody, silent):
        with pytest.raises(ProviderError):
            client.request("GET", "/", operation="look")

    assert [
        grown("provider_call_seconds_count", provider="somebody", operation="look", outcome=outcome)
        for outcome in ("timeout", "unavailable")
    ] == [1, 1]
