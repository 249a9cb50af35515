"""A clinic whose number Vapi asks us about."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest

from agents.models import Agent
from calls.tests.conftest import Line, connect
from calls.tests.payloads import stamp
from contacts.models import Contact
from contacts.services import remember_caller
from orgs.actors import Actor
from orgs.models import IntegrationSettings, Organization
from orgs.scope import org_scope, org_tx
from telephony.services import map_number

NORTH_NUMBER = "+442079460111"
SOUTH_NUMBER = "+442079460222"
JOHN = "+447700900201"
TRANSFER = "+442079460300"


def request(
    *, called: str = NORTH_NUMBER, caller: str | None = JOHN, call_id: str = "", forwarded_from: str = "", **fields: Any
) -> dict[str, Any]:
    """`assistant-request` as Vapi sends it (reference vapi, 1.3)."""
    customer = {} if caller is None else {"number": caller}
    transport = {"transport": {"forwardedFrom": forwarded_from}} if forwarded_from else {}
    call = {
        "id": call_id or str(uuid4()), "orgId": str(uuid4()), "type": "inboundPhoneCall", "status": "ringing",
        "phoneNumberId": str(uuid4()), "customer": customer, **transport,
    }  # fmt: skip
    phone = {"id": call["phoneNumberId"], "number": called, "provider": "twilio", "twilioAuthToken": "not-for-keeping"}
    return {
        "message": {
            "type": "assistant-request", "timestamp": stamp(0), "call": call, "phoneNumber": phone,
            "customer": customer, **fields,
        }
    }  # fmt: skip


@dataclass(frozen=True)
class Clinic:
    """A clinic with its line, and ways to change what decides its calls."""

    line: Line
    number: str

    @property
    def org(self) -> Organization:
        return self.line.org

    def ring(self, **facts: Any) -> dict[str, Any]:
        """What Vapi is answered when somebody rings."""
        answer = self.line.post(request(**{"called": self.number, **facts}))
        assert answer.status_code == 200, answer.content
        return dict(answer.json())

    def memory(self, **facts: Any) -> str:
        return str(self.ring(**facts)["assistantOverrides"]["variableValues"]["callerMemory"])

    def settle(self, **values: Any) -> None:
        with org_scope(self.org), org_tx():
            IntegrationSettings.objects.update(**values)

    def set_agent(self, **values: Any) -> None:
        with org_scope(self.org), org_tx():
            Agent.objects.filter(pk=self.line.agent.pk).update(**values)

    def know(self, name: str, *, phone: str = JOHN, **values: Any) -> Contact:
        with org_scope(self.org), org_tx():
            contact = remember_caller(org=self.org, phone=phone, name=name, source="call")
            Contact.objects.filter(pk=contact.pk).update(**values)
        return contact


def open_clinic(org: Organization, number: str) -> Clinic:
    clinic = Clinic(connect(org), number)
    map_number(org=org, phone_number=number, actor=Actor.system(org.pk), agent_id=clinic.line.agent.pk)
    return clinic


@pytest.fixture
def clinic(north: Organization) -> Clinic:
    return open_clinic(north, NORTH_NUMBER)


@pytest.fixture
def other_clinic(south: Organization) -> Clinic:
    return open_clinic(south, SOUTH_NUMBER)
