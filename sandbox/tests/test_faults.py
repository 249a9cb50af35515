"""Providers that misbehave on request."""

import time
from typing import Any

import httpx
import pytest

from sandbox.tests.client import SandboxClient


def _set(sandbox: SandboxClient, provider: str, **fault: Any) -> None:
    sandbox.http.put(f"/sandbox/faults/{provider}", json=fault).raise_for_status()


def test_errors_in_the_providers_own_form(sandbox: SandboxClient) -> None:
    _set(sandbox, "vapi", status=429)
    _set(sandbox, "resend", status=500, error_rate=1)

    limited = sandbox.vapi("GET", "/assistant")
    broken = sandbox.http.post("/resend/emails", json={})

    assert limited.status_code == 429
    assert limited.headers["retry-after"] == "1"
    assert limited.json() == {
        "message": "ThrottlerException: Too Many Requests",
        "statusCode": 429,
        "error": "Too Many Requests",
    }
    assert broken.json()["name"] == "internal_server_error"


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "Invalid Key. Hot tip, you may be using the private key instead of the public key, or vice versa."),
        (402, "Wallet Balance is -0.02. Purchase More Credits or Upgrade Your Plan."),
        (500, "Internal server error"),
    ],
)
def test_vapis_own_words(sandbox: SandboxClient, status: int, words: str) -> None:
    _set(sandbox, "vapi", status=status)

    answer = sandbox.vapi("GET", "/assistant")

    assert (answer.status_code, answer.json()["message"], answer.json()["statusCode"]) == (status, words, status)


def test_what_stands_before_vapi_does_not_answer_json(sandbox: SandboxClient) -> None:
    _set(sandbox, "vapi", status=502)

    assert sandbox.vapi("GET", "/assistant").text == "error code: 502"


def test_a_fault_of_one_operation(sandbox: SandboxClient) -> None:
    made = sandbox.create("assistant", {"name": "A"})
    _set(sandbox, "vapi", operation="PATCH /assistant/{id}", status=402, times=2)
    _set(sandbox, "vapi", operation="POST /tool", status=500)

    def patch() -> int:
        return sandbox.vapi("PATCH", f"/assistant/{made['id']}", {"name": "B"}).status_code

    assert sandbox.vapi("GET", f"/assistant/{made['id']}").status_code == 200
    assert [patch(), patch(), patch()] == [402, 402, 200]
    assert list(sandbox.http.get("/sandbox/faults").json()) == ["vapi POST /tool"]
    assert sandbox.vapi("POST", "/tool", {}).status_code == 500
    sandbox.http.delete("/sandbox/faults/vapi", params={"operation": "POST /tool"})
    assert sandbox.vapi("POST", "/tool", {}).status_code == 400


def test_an_operation_fares_as_said_of_it_not_as_said_of_its_provider(sandbox: SandboxClient) -> None:
    _set(sandbox, "vapi", status=500)
    _set(sandbox, "vapi", operation="GET /assistant", error_rate=0)

    assert sandbox.vapi("GET", "/assistant").status_code == 200
    assert sandbox.vapi("GET", "/tool").status_code == 500
    sandbox.http.delete("/sandbox/faults/vapi")
    assert sandbox.http.get("/sandbox/faults").json() == {}


def test_a_fault_counts_down_and_goes_away(sandbox: SandboxClient) -> None:
    _set(sandbox, "vapi", status=503, times=2)

    statuses = [sandbox.vapi("GET", "/assistant").status_code for _ in range(3)]

    assert statuses == [503, 503, 200]
    assert sandbox.http.get("/sandbox/faults").json() == {}


def test_latency(sandbox: SandboxClient) -> None:
    _set(sandbox, "vapi", latency_ms=150)

    started = time.monotonic()
    sandbox.vapi("GET", "/assistant")

    assert time.monotonic() - started >= 0.15


def test_a_dropped_connection(sandbox: SandboxClient) -> None:
    _set(sandbox, "vapi", drop_rate=1)

    with pytest.raises(httpx.TransportError) as failure:
        sandbox.vapi("POST", "/assistant", {"name": "A"})

    assert not isinstance(failure.value, httpx.TimeoutException)
    sandbox.http.delete("/sandbox/faults/vapi")
    assert sandbox.vapi("GET", "/assistant").json() == []
    assert sandbox.ledger()["requests"][0]["fault"] == "drop"


def test_a_dropped_answer_to_work_that_was_done(sandbox: SandboxClient) -> None:
    _set(sandbox, "vapi", drop_rate=1, after_work=True, times=1)

    with pytest.raises(httpx.TransportError):
        sandbox.vapi("POST", "/assistant", {"name": "A"})

    assert [item["name"] for item in sandbox.vapi("GET", "/assistant").json()] == ["A"]


def test_no_answer_at_all(sandbox: SandboxClient) -> None:
    _set(sandbox, "resend", timeout_rate=1)

    with pytest.raises(httpx.ReadTimeout):
        sandbox.http.get("/resend/emails/x", timeout=0.2)


def test_faults_leave_other_providers_and_the_control_api_alone(sandbox: SandboxClient) -> None:
    _set(sandbox, "resend", status=500)

    assert sandbox.vapi("GET", "/assistant").status_code == 200
    assert sandbox.http.delete("/sandbox/faults/resend").status_code == 204
    assert sandbox.http.get("/sandbox/faults").json() == {}


@pytest.mark.parametrize(
    "fault",
    [
        {"error_rate": 2},
        {"status": 200},
        {"latency_ms": "slow"},
        {"times": 0},
        {"mood": "bad"},
        {"operation": "/call"},
        {"operation": 7},
    ],
)
def test_faults_that_make_no_sense_are_refused(sandbox: SandboxClient, fault: dict[str, Any]) -> None:
    response = sandbox.http.put("/sandbox/faults/vapi", json=fault)

    assert response.status_code == 400
    assert response.json()["error"]
    assert sandbox.http.put("/sandbox/faults/nobody", json={}).status_code == 404
