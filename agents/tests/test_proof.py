"""What Vapi was given is what it shows us when a call comes in."""

import json
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from agents.assistants import reconcile
from agents.webhook_credentials import HEADER
from credentials.service import credential_service
from credentials.types import Provider, Secret
from orgs.actors import Actor

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def receiver(settings):
    """A stand-in for our own webhook; keeps what was received."""
    received = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            received.append((self.path, self.headers.get(HEADER), body["message"]["type"]))
            answer = b'{"results": []}'
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_):
            """Keep quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    settings.BACKEND_URL = f"http://127.0.0.1:{server.server_port}"
    yield received
    server.shutdown()
    server.server_close()
    thread.join()


def ring(vapi_sandbox, assistant_id, scenario="ask_price"):
    placed = vapi_sandbox.control("POST", "/calls", {"assistantId": assistant_id, "scenario": scenario, "fast": True})
    for _ in range(200):
        state = vapi_sandbox.control("GET", f"/calls/{placed['callId']}")
        if state["status"] != "running":
            return state
        threading.Event().wait(0.05)
    raise AssertionError("the call did not end")


def test_a_calls_webhooks_carry_the_clinics_own_secret(north, south, vapi_sandbox, agent_of, receiver):
    for org in (north, south):
        receiver.clear()
        ring(vapi_sandbox, reconcile(org=org, agent_id=agent_of(org).pk).assistant_id)

        secret = credential_service.get(org.pk, Provider.VAPI).webhook_secret.reveal()
        assert receiver
        assert {given for path, given, _ in receiver if path == "/api/vapi/webhook"} == {secret}
        assert "end-of-call-report" in {kind for _, _, kind in receiver}


def test_a_tool_is_called_with_the_platforms_secret(north, vapi_sandbox, agent_of, receiver, settings):
    ring(vapi_sandbox, reconcile(org=north, agent_id=agent_of(north).pk).assistant_id, "book_appointment")

    tools = {given for path, given, _ in receiver if path.startswith("/api/vapi/tools/")}
    assert tools == {settings.VAPI_WEBHOOK_SECRET}


def test_after_a_rotation_the_new_secret_is_shown(north, vapi_sandbox, agent_of, receiver):
    reconcile(org=north, agent_id=agent_of(north).pk)
    before = credential_service.get(north.pk, Provider.VAPI)
    after = replace(before, webhook_secret=Secret("n" * 48), secret_id="second")
    credential_service.save(org_id=north.pk, credentials=after, actor=Actor.system(north.pk))
    ring(vapi_sandbox, reconcile(org=north, agent_id=agent_of(north).pk).assistant_id)

    assert {given for path, given, _ in receiver if path == "/api/vapi/webhook"} == {"n" * 48}
