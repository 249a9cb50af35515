"""A clinic whose receptionist answers at the simulated Vapi, and whose server hears nothing: every report is lost."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import requests
import time_machine

from agents.models import Agent, AssistantMapping
from calls.models import Call, WebhookEvent
from calls.processing import process_pending
from calls.reconciling import silent, unheard
from calls.tests.conftest import Line, connect
from orgs.models import Organization
from orgs.scope import org_scope, org_tx
from providers.testing import SandboxProcess, running_sandbox, vapi_sandbox  # noqa: F401 - fixtures
from voxanne.clock import now

ENDED_WITHIN_S = 20.0


@dataclass(frozen=True)
class Deaf:
    """A clinic that Vapi cannot reach."""

    line: Line
    sandbox: SandboxProcess
    key: str

    @property
    def org(self) -> Organization:
        return self.line.org

    def at_vapi(self, method: str, path: str, json: Any = None) -> Any:
        """One request with the key of the account that the clinic's assistant is in."""
        headers = {"Authorization": f"Bearer {self.key}"}
        answer = requests.request(method, f"{self.sandbox.vapi_url}{path}", json=json, headers=headers, timeout=10)
        answer.raise_for_status()
        return answer.json()

    def hire(self) -> str:
        """A receptionist in the account; its id."""
        server = {"url": "http://127.0.0.1:9/api/vapi/webhook"}
        model = {"provider": "openai", "model": "gpt-4.1"}
        body = {"name": "Front desk", "firstMessage": "Hello.", "server": server, "model": model}
        assistant_id = str(self.at_vapi("POST", "/assistant", body)["id"])
        with org_scope(self.org), org_tx():
            AssistantMapping.objects.update(vapi_assistant_id=assistant_id)
            Agent.objects.filter(pk=self.line.agent.pk).update(vapi_assistant_id=assistant_id)
        return assistant_id

    def ring(self, scenario: str = "ask_price", *, waits: bool = True, **order: Any) -> dict[str, Any]:
        """Somebody calls and hangs up; Vapi's record of it."""
        with org_scope(self.org), org_tx():
            assistant_id = AssistantMapping.objects.get().vapi_assistant_id
        placed = {"assistantId": assistant_id, "scenario": scenario, "fast": True, "seed": 7, **order}
        call_id = self.sandbox.control("POST", "/calls", placed)["callId"]
        deadline = time.monotonic() + ENDED_WITHIN_S
        while True:
            entry: dict[str, Any] = self.at_vapi("GET", f"/call/{call_id}")
            if not waits or (entry["status"] == "ended" and "artifact" in entry):
                return entry
            assert time.monotonic() < deadline, entry["status"]
            time.sleep(0.02)

    def hear(self, body: dict[str, Any], entry: dict[str, Any]) -> None:
        """One message of a call reaches us, and is worked off."""
        body["message"]["call"] |= {"assistantId": entry["assistantId"], "customer": entry["customer"]}
        body["message"]["customer"] = entry["customer"]
        assert self.line.post(body).status_code == 200
        self.work_off()

    def look_through(self) -> int:
        """What the worker does about every account; the calls it put into the inbox, worked off."""
        found = sum(unheard.read_account(reading) for reading in unheard.accounts_to_read())
        self.work_off()
        return found

    def ask(self) -> list[silent.Asked]:
        """What the worker does about calls that are silent for too long."""
        asked = [
            answer
            for org_id, ids in silent.take_silent()
            if org_id == self.org.pk
            for answer in silent.ask_about(org=self.org, call_ids=ids)
        ]
        self.work_off()
        return asked

    def work_off(self) -> None:
        with org_scope(self.org):
            for call in self.calls():
                process_pending(org=self.org, vapi_call_id=call.vapi_call_id)

    def calls(self, **filters: Any) -> list[Call]:
        with org_scope(self.org), org_tx():
            return list(Call.objects.select_related("contact", "agent").filter(**filters).order_by("created_at"))

    def events(self) -> list[str]:
        with org_scope(self.org), org_tx():
            return sorted(WebhookEvent.objects.values_list("dedupe_key", flat=True))


@pytest.fixture
def later() -> Iterator[Any]:
    """A quarter of an hour later: whatever Vapi wanted to tell has been told."""
    with time_machine.travel(now() + timedelta(minutes=15), tick=True) as clock:
        yield clock


@pytest.fixture
def deaf(north: Organization, vapi_sandbox: SandboxProcess) -> Deaf:  # noqa: F811 - the fixture
    clinic = Deaf(connect(north), vapi_sandbox, vapi_sandbox.vapi_key)
    clinic.hire()
    return clinic
