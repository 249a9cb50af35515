"""What tests say to a running sandbox."""

import time
from typing import Any

import httpx

KEY = "test-key"
SUBSCRIBED = ["status-update", "end-of-call-report", "tool-calls", 'transcript[transcriptType="final"]']
PATIENCE_S = 10


class SandboxClient:
    """A product's view of the sandbox, plus its control API."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.http = httpx.Client(base_url=base_url, headers={"Authorization": f"Bearer {KEY}"}, trust_env=False)

    def vapi(self, method: str, path: str, body: Any = None, *, key: str = KEY) -> httpx.Response:
        """Call Vapi's API."""
        return self.http.request(method, f"/vapi{path}", json=body, headers={"Authorization": f"Bearer {key}"})

    def create(self, collection: str, body: dict[str, Any]) -> dict[str, Any]:
        """Create a resource and return it."""
        response = self.vapi("POST", f"/{collection}", body)
        assert response.status_code == 201, response.text
        created: dict[str, Any] = response.json()
        return created

    def tool(self, name: str, **more: Any) -> str:
        """Create a function tool and return its id."""
        function = {"name": name, "description": "Use it.", "parameters": {"type": "object", "properties": {}}}
        return str(self.create("tool", {"type": "function", "function": function, **more})["id"])

    def receptionist(self, url: str, *, server: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
        """Create an assistant that can look up and book, whose webhooks go to a URL."""
        tools = [self.tool("checkAvailability"), self.tool("bookClinicAppointment")]
        body = {
            "name": "Receptionist",
            "firstMessage": "Hello, Harley Street Clinic.",
            "model": {
                "provider": "openai",
                "model": "gpt-4.1",
                "messages": [{"role": "system", "content": "Be kind."}],
                "toolIds": tools,
            },
            "server": {"url": f"{url}/webhook", **(server or {})},
            "serverMessages": SUBSCRIBED,
        }
        return self.create("assistant", {**body, **more})

    def place(self, assistant: dict[str, Any], scenario: str = "book_appointment", **more: Any) -> str:
        """Place a call without waiting for it and return its id."""
        order = {"assistantId": assistant["id"], "scenario": scenario, "fast": True, "seed": 7, **more}
        response = self.http.post("/sandbox/calls", json=order)
        assert response.status_code == 201, response.text
        return str(response.json()["callId"])

    def call(self, assistant: dict[str, Any], scenario: str = "book_appointment", **more: Any) -> dict[str, Any]:
        """Place a call, wait until it is over and return how it went."""
        return self.wait_for(self.place(assistant, scenario, **more))

    def dial(self, line: dict[str, Any], scenario: str = "caller_hangs_up", **more: Any) -> dict[str, Any]:
        """Dial a number, wait until the call is over and return how it went."""
        order = {"phoneNumberId": line["id"], "scenario": scenario, "fast": True, "seed": 7, **more}
        response = self.http.post("/sandbox/calls", json=order)
        assert response.status_code == 201, response.text
        return self.wait_for(str(response.json()["callId"]))

    def wait_for(self, call_id: str) -> dict[str, Any]:
        """Wait until a call is over and return how it went."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            state: dict[str, Any] = self.http.get(f"/sandbox/calls/{call_id}").json()
            if state["status"] != "running":
                return state
            time.sleep(0.01)
        raise AssertionError(f"call {call_id} is still running")

    def ledger(self) -> dict[str, Any]:
        """Return everything the sandbox remembers."""
        ledger: dict[str, Any] = self.http.get("/sandbox/ledger").json()
        return ledger
