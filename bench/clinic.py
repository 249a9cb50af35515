"""One clinic in the stack's database, whose assistant Vapi knows, and the requests that Vapi would send for it."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

from bench.load import post
from bench.stack import Stack
from calls.tests import payloads

WEBHOOK = "/api/vapi/webhook"
TOOLS = "/api/vapi/tools"
_CALL_ID = "00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True)
class Clinic:
    """What Vapi knows of the clinic."""

    org_id: UUID
    assistant_id: str
    secret: str

    def request(self, path: str, body: dict[str, Any]) -> bytes:
        """A POST as it arrives behind the proxy."""
        return post(path, json.dumps(body).encode(), X_Vapi_Secret=self.secret, X_Forwarded_Proto="https")

    def reports(self, path: str, *, count: int) -> Iterator[bytes]:
        """End-of-call reports and status updates in turn, each of a call of its own."""
        templates = [
            self.request(path, payloads.report(call_id=_CALL_ID, assistant_id=self.assistant_id)),
            self.request(path, payloads.status("in-progress", call_id=_CALL_ID, assistant_id=self.assistant_id)),
        ]
        split = [template.split(_CALL_ID.encode()) for template in templates]
        return (str(uuid4()).encode().join(split[number % 2]) for number in range(count))

    def tool(self, name: str, arguments: dict[str, Any]) -> bytes:
        """One question of the assistant, of a call of its own."""
        body = payloads.tool_call(
            name, arguments, call_id=str(uuid4()), tool_call_id=f"call_{uuid4().hex}", assistant_id=self.assistant_id
        )
        return self.request(f"{TOOLS}/{name}", body)


def open_clinic(stack: Stack) -> Clinic:
    """Set Django up in this process, as the web login, and make the clinic."""
    own_figures = stack.home / "metrics-of-the-benchmark"  # what is counted here must not mix with the server's
    own_figures.mkdir()
    os.environ.update(
        stack.environment, VOXANNE_PROCESS="web", LOG_LEVEL="ERROR", PROMETHEUS_MULTIPROC_DIR=str(own_figures)
    )
    import django

    django.setup()
    return make_clinic("Bench Clinic")


def make_clinic(name: str) -> Clinic:
    """A clinic of that name, whose front desk has an assistant at Vapi."""
    from agents.models import Agent, AssistantMapping, CallDirection
    from credentials.service import credential_service
    from orgs.models import User
    from orgs.scope import org_scope, org_tx
    from orgs.services import NewOrganization, create_organization

    email = f"{uuid4().hex}@bench.example"
    owner = User.objects.create_user(email=email, password=uuid4().hex, full_name="Bea Bench")
    org = create_organization(new=NewOrganization(name=name), owner=owner)
    assistant_id = str(uuid4())
    with org_scope(org), org_tx():
        agent, _ = Agent.objects.get_or_create(
            call_direction=CallDirection.INBOUND, is_default=True, defaults={"name": "Front desk"}
        )
        Agent.objects.filter(pk=agent.pk).update(vapi_assistant_id=assistant_id)
        AssistantMapping.objects.create(
            vapi_assistant_id=assistant_id, agent=agent, assistant_role=CallDirection.INBOUND, assistant_name="Desk"
        )
    secret = credential_service.ensure_vapi_webhook_secret(org).webhook_secret.reveal()
    return Clinic(org_id=org.pk, assistant_id=assistant_id, secret=secret)


def working_day(days_ahead: int) -> datetime:
    """Ten o'clock, without a zone, on the first Monday-to-Friday that is at least so many days away."""
    day = datetime.now().date() + timedelta(days=days_ahead)  # noqa: DTZ005 - the clinic's local day
    while day.weekday() > 4:
        day += timedelta(days=1)
    return datetime.combine(day, time(10))
