"""A clinic that may call: its agents and its number stand at the simulated Vapi, and nobody is asleep."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from agents.assistants import reconcile
from agents.models import Agent, CallDirection
from agents.tests.twilio_accounts import agents_of, connect, sync_numbers
from calls.models import Call, OutboundCall, OutboundPurpose
from calls.outbound.placing import place_call
from contacts.models import Contact
from contacts.tests.factories import make_contact
from orgs.actors import Actor
from orgs.models import AuditEntry, IntegrationSettings, Organization
from orgs.scope import org_scope, org_tx
from providers.testing import SandboxProcess, running_sandbox, vapi_sandbox  # noqa: F401 - fixtures

PHONE = "+447700900123"


@dataclass(frozen=True)
class CallingClinic:
    """A clinic, its Vapi, and one person it may call."""

    org: Organization
    sandbox: SandboxProcess
    ana: Contact

    @property
    def actor(self) -> Actor:
        return Actor.system(self.org.pk)

    def call(self, key: str = "key-1", **options: Any) -> OutboundCall:
        """Call Ana back, or whoever the options say."""
        who = {} if "number" in options else {"contact": self.ana}
        given = {"purpose": OutboundPurpose.CALL_BACK, **who, **options}
        return place_call(org=self.org, idempotency_key=key, actor=self.actor, **given)

    def agent(self, direction: CallDirection = CallDirection.OUTBOUND) -> Agent:
        return agents_of(self.org)[direction]

    def wish(self, outbound: OutboundCall | UUID | None = None) -> OutboundCall:
        """The wish as it is now; the only one unless it is said which."""
        found = {} if outbound is None else {"pk": getattr(outbound, "pk", outbound)}
        with org_scope(self.org), org_tx():
            return OutboundCall.objects.select_related("call", "contact").get(**found)

    def rows(self, model: Any, **filters: Any) -> list[Any]:
        with org_scope(self.org), org_tx():
            return list(model.objects.filter(**filters).order_by("created_at"))

    def change(self, model: Any, filters: dict[str, Any] | None = None, **values: Any) -> None:
        with org_scope(self.org), org_tx():
            model.objects.filter(**filters or {}).update(**values)

    def set_rules(self, **values: Any) -> None:
        self.change(IntegrationSettings, **values)

    def end_calls(self) -> None:
        """Everybody has hung up."""
        self.change(Call, status="completed")

    def asked(self) -> int:
        """How often Vapi was asked to place a call."""
        return len(self.sandbox.requests_to_vapi("POST", "/call"))

    def at_vapi(self) -> list[dict[str, Any]]:
        """The calls that Vapi has, newest first."""
        return self.sandbox.vapi("GET", "/call")

    def audited(self) -> list[str]:
        """What the audit log says of calls, in order."""
        with org_scope(self.org), org_tx():
            entries = AuditEntry.objects.filter(org=self.org, action__startswith="call.").order_by("id")
            return list(entries.values_list("action", flat=True))


def make_calling(org: Organization, sandbox: SandboxProcess, **facts: Any) -> CallingClinic:
    connect(org, **facts)
    for agent in agents_of(org).values():
        reconcile(org=org, agent_id=agent.pk)
    sync_numbers(org)
    with org_scope(org), org_tx():
        IntegrationSettings.objects.update(quiet_hours_start="00:00", quiet_hours_end="00:00")
        ana = make_contact(phone=PHONE)
    return CallingClinic(org, sandbox, ana)


@pytest.fixture
def clinic(north: Organization, vapi_sandbox: SandboxProcess) -> CallingClinic:  # noqa: F811 - the fixture
    return make_calling(north, vapi_sandbox)
