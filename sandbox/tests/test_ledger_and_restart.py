"""What the sandbox remembers, also when its process is killed."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from sandbox.database import Database
from sandbox.ledger import Ledger
from sandbox.tests.client import SandboxClient
from sandbox.tests.clinic import Clinic
from sandbox.tests.server import free_port

REPOSITORY = Path(__file__).resolve().parents[2]


@contextmanager
def _process(data: Path) -> Iterator[tuple[SandboxClient, subprocess.Popen[bytes]]]:
    port = free_port()
    command = [sys.executable, "-m", "sandbox", "--port", str(port), "--data", str(data)]
    process = subprocess.Popen(command, cwd=REPOSITORY)
    client = SandboxClient(f"http://127.0.0.1:{port}")
    try:
        _wait_until_up(client)
        yield client, process
    finally:
        client.http.close()
        process.kill()
        process.wait()


def _wait_until_up(client: SandboxClient) -> None:
    for _ in range(500):
        try:
            assert client.http.get("/sandbox/health").json() == {"status": "ok"}
        except httpx.TransportError:
            time.sleep(0.02)
        else:
            return
    raise AssertionError("the sandbox did not start")


def test_a_killed_sandbox_remembers_everything(tmp_path: Path, clinic: Clinic) -> None:
    with _process(tmp_path) as (sandbox, process):
        assistant = sandbox.receptionist(clinic.url)
        done = sandbox.call(assistant)
        sandbox.http.put("/sandbox/faults/resend", json={"status": 503, "error_rate": 0.5})
        interrupted = sandbox.place(assistant, fast=False)
        before = sandbox.ledger()
        os.kill(process.pid, signal.SIGKILL)

    with _process(tmp_path) as (sandbox, _):
        after = sandbox.ledger()
        assert sandbox.vapi("GET", f"/assistant/{assistant['id']}").json() == assistant
        assert after["requests"][: len(before["requests"])] == before["requests"]
        assert after["deliveries"][: len(before["deliveries"])] == before["deliveries"]
        assert sandbox.http.get(f"/sandbox/calls/{done['callId']}").json() == done
        broken = sandbox.http.get(f"/sandbox/calls/{interrupted}").json()
        assert (broken["status"], broken["error"]) == (
            "failed",
            "The sandbox was stopped while this call was running.",
        )
        assert sandbox.http.get("/sandbox/faults").json()["resend"]["error_rate"] == 0.5
        call = sandbox.vapi("GET", f"/call/{interrupted}").json()
        assert (call["status"], call["endedReason"]) == ("ended", "worker-shutdown")


def test_a_file_of_an_earlier_version_is_still_read(tmp_path: Path) -> None:
    old = sqlite3.connect(tmp_path / "sandbox.sqlite3")
    old.execute(
        "CREATE TABLE requests (id INTEGER PRIMARY KEY, at TEXT NOT NULL, provider TEXT NOT NULL, method TEXT NOT NULL,"
        " path TEXT NOT NULL, headers TEXT NOT NULL, body TEXT, status_code INTEGER, response TEXT, ms REAL NOT NULL,"
        " fault TEXT)"
    )
    old.execute("INSERT INTO requests VALUES (1, '2026', 'vapi', 'GET', '/vapi/tool', '{}', NULL, 200, NULL, 1, NULL)")
    old.commit()
    old.close()

    database = Database(tmp_path / "sandbox.sqlite3")
    [kept] = Ledger(database).requests()
    database.close()

    assert (kept["path"], kept["operation"]) == ("/vapi/tool", "")


def test_requests_are_picked_and_counted_by_operation(sandbox: SandboxClient) -> None:
    made = sandbox.tool("lookup")
    sandbox.vapi("PATCH", f"/tool/{made}", {"type": "function", "async": True})
    sandbox.http.put("/sandbox/faults/vapi", json={"operation": "POST /tool", "status": 500, "times": 1})
    sandbox.vapi("POST", "/tool", {})
    sandbox.vapi("GET", f"/tool/{made}")

    posts = sandbox.http.get("/sandbox/ledger", params={"provider": "vapi", "method": "POST"}).json()
    counts = sandbox.http.get("/sandbox/ledger/counts", params={"provider": "vapi"}).json()
    patches = sandbox.http.get("/sandbox/ledger/counts", params={"operation": "PATCH /tool/{id}"}).json()

    assert [(item["operation"], item["status_code"]) for item in posts["requests"]] == [
        ("POST /tool", 201),
        ("POST /tool", 500),
    ]
    assert all(item["at"] and item["ms"] >= 0 for item in posts["requests"])
    assert [(item["operation"], item["status_code"], item["fault"], item["count"]) for item in counts] == [
        ("POST /tool", 201, None, 1),
        ("PATCH /tool/{id}", 200, None, 1),
        ("POST /tool", 500, "error", 1),
        ("GET /tool/{id}", 200, None, 1),
    ]
    assert [item["count"] for item in patches] == [1]


def test_the_ledger_holds_both_directions_without_secrets(sandbox: SandboxClient, clinic: Clinic) -> None:
    assistant = sandbox.receptionist(clinic.url)
    sandbox.call(assistant)
    sandbox.vapi("GET", "/assistant/nothing")

    ledger = sandbox.ledger()
    request, refused = ledger["requests"][0], ledger["requests"][-1]
    check = next(item for item in ledger["deliveries"] if item["type"] == "tool-calls")
    assert (request["provider"], request["method"], request["path"]) == ("vapi", "POST", "/vapi/tool")
    assert request["headers"]["authorization"] == "[redacted]"
    assert request["body"]["function"]["name"] == "checkAvailability"
    assert request["response"]["id"] == assistant["model"]["toolIds"][0]
    assert refused["status_code"] == 404
    assert "I have nine, eleven" in check["response"]
    assert check["body"]["message"]["type"] == "tool-calls"
    assert len(ledger["deliveries"]) == len(clinic.deliveries)
    assert [item["status"] for item in ledger["calls"]] == ["done"]


def test_how_each_assistant_stands(sandbox: SandboxClient, clinic: Clinic) -> None:
    assistant = sandbox.receptionist(clinic.url)
    line = sandbox.create("phone-number", {"provider": "vapi", "assistantId": assistant["id"]})
    sandbox.vapi("PATCH", f"/assistant/{assistant['id']}", {"name": "Front desk"})
    sandbox.vapi("PATCH", f"/assistant/{assistant['id']}", {"name": "x" * 41})
    sandbox.call(assistant, "caller_hangs_up")
    lost = assistant["model"]["toolIds"][1]
    sandbox.vapi("DELETE", f"/tool/{lost}")

    [state] = sandbox.http.get("/sandbox/assistants").json()

    assert (state["id"], state["name"], state["changes"], state["calls"]) == (assistant["id"], "Front desk", 1, 1)
    assert (state["numbers"], state["missing"]) == ([line["number"]], [f"tool {lost}"])
    assert sandbox.ledger()["assistants"] == [state]
    assert f"Refers to a tool {lost}" in sandbox.http.get("/assistants").text


def test_the_ledger_can_be_read_in_parts(sandbox: SandboxClient, clinic: Clinic) -> None:
    sandbox.call(sandbox.receptionist(clinic.url))
    whole = sandbox.ledger()["deliveries"]

    part = sandbox.http.get("/sandbox/ledger", params={"afterDelivery": whole[2]["id"], "limit": 3}).json()

    assert part["deliveries"] == whole[3:6]
    assert sandbox.http.get("/sandbox/ledger", params={"limit": "few"}).status_code == 400


def test_reset_forgets_and_breaks_off(sandbox: SandboxClient, clinic: Clinic) -> None:
    call_id = sandbox.place(sandbox.receptionist(clinic.url), fast=False)

    sandbox.http.post("/sandbox/reset")

    assert sandbox.http.get(f"/sandbox/calls/{call_id}").status_code == 404
    assert sandbox.vapi("GET", "/assistant").json() == []
    assert sandbox.ledger()["deliveries"] == []


def test_a_call_at_real_pace_takes_its_time(sandbox: SandboxClient, clinic: Clinic) -> None:
    call_id = sandbox.place(sandbox.receptionist(clinic.url), fast=False)

    deadline = time.monotonic() + 5
    while len(clinic.of_kind("status-update")) < 2 and time.monotonic() < deadline:
        time.sleep(0.02)

    assert [item["status"] for item in clinic.of_kind("status-update")] == ["queued", "ringing"]
    assert sandbox.http.get(f"/sandbox/calls/{call_id}").json()["status"] == "running"
    assert sandbox.vapi("GET", f"/call/{call_id}").json()["status"] == "ringing"


def test_a_killed_sandbox_still_ends_its_verification_calls_and_messages(tmp_path: Path) -> None:
    number = "+447700900123"
    with _process(tmp_path) as (sandbox, process):
        with _twilio(sandbox) as account:
            account.post("/OutgoingCallerIds.json", data={"PhoneNumber": number}).raise_for_status()
            order = {"To": number, "From": "+14155550123", "Body": "Hello"}
            account.post("/Messages.json", data=order).raise_for_status()
        os.kill(process.pid, signal.SIGKILL)

    with _process(tmp_path) as (sandbox, _):
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            state = sandbox.http.get("/sandbox/twilio").json()
            if state["callerIds"] and state["messages"][0]["status"] == "delivered":
                break
            time.sleep(0.05)

    assert [item["phone_number"] for item in state["callerIds"]] == [number]
    assert state["messages"][0]["status"] == "delivered"


def _twilio(sandbox: SandboxClient) -> httpx.Client:
    sid = "AC" + "1" * 32
    base = f"{sandbox.base_url}/twilio/2010-04-01/Accounts/{sid}"
    return httpx.Client(base_url=base, auth=(sid, "a" * 32), trust_env=False)
