"""A clinic whose receptionist Vapi knows, and Vapi's side of the line."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from agents.models import Agent, AssistantMapping, CallDirection
from agents.resolution import cache as assistant_cache
from calls.processing import process_pending
from credentials.service import credential_service
from orgs.models import Organization
from orgs.scope import org_scope, org_tx

WEBHOOK = "/api/vapi/webhook"


@dataclass(frozen=True)
class Line:
    """What Vapi knows of a clinic: its assistant and the secret that goes with it."""

    org: Organization
    agent: Agent
    assistant_id: str
    secret: str

    def post(self, body: Any, *, path: str = WEBHOOK, secret: str | None = None, **headers: str) -> Any:
        """Deliver a message as Vapi does."""
        raw = body if isinstance(body, bytes | str) else json.dumps(body)
        return Client().post(
            path,
            raw,
            content_type="application/json",
            headers={"X-Vapi-Secret": self.secret if secret is None else secret, **headers},
        )

    def work_off(self, call_id: str) -> int:
        """What the worker does when it is woken."""
        with org_scope(self.org):
            return process_pending(org=self.org, vapi_call_id=call_id)


def connect(org: Organization) -> Line:
    """Give the clinic's inbound receptionist an assistant at Vapi."""
    assistant_id = str(uuid4())
    with org_scope(org), org_tx():
        agent, _ = Agent.objects.get_or_create(
            call_direction=CallDirection.INBOUND, is_default=True, defaults={"name": "Front desk"}
        )
        Agent.objects.filter(pk=agent.pk).update(vapi_assistant_id=assistant_id)
        agent.vapi_assistant_id = assistant_id
        AssistantMapping.objects.create(
            vapi_assistant_id=assistant_id,
            agent=agent,
            assistant_role=CallDirection.INBOUND,
            assistant_name="Front desk",
        )
    secret = credential_service.ensure_vapi_webhook_secret(org).webhook_secret.reveal()
    return Line(org=org, agent=agent, assistant_id=assistant_id, secret=secret)


@pytest.fixture(autouse=True)
def _fresh_resolution() -> None:
    assistant_cache.clear()


@pytest.fixture(autouse=True)
def _no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wake-ups go nowhere here: these tests work the inbox off by hand; tests/e2e has a real worker."""
    monkeypatch.setattr("orgs.tasks.wake", lambda *args, **kwargs: None)


@pytest.fixture
def line(north: Organization) -> Line:
    return connect(north)


@pytest.fixture
def other_line(south: Organization) -> Line:
    return connect(south)


@pytest.fixture
def deliver(line: Line) -> Callable[..., Any]:
    """Deliver messages in order and work them off."""

    def run(*bodies: dict[str, Any]) -> None:
        for body in bodies:
            assert line.post(body).status_code == 200
            line.work_off(body["message"]["call"]["id"])

    return run
