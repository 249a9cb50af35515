"""What Vapi is told of one call, beside what it has saved of the agent."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from agents.models import Agent
from agents.prompting.greetings import spoken_greeting
from calls.models import OutboundCall
from calls.outbound.greeting import greet
from calls.routing.facts import read_facts
from calls.routing.memory import greeting_name
from calls.routing.names import person_name
from contacts.models import Contact
from orgs.models import IntegrationSettings, Organization
from voxanne.clock import now

JsonObject = dict[str, Any]

METADATA_KEY = "outbound_call_id"
LONGEST_NAME = 40


@dataclass(frozen=True)
class CallOrder:
    """The arguments of `VapiClient.create_outbound_call`, complete."""

    assistant_id: str
    phone_number_id: str
    customer: JsonObject
    overrides: JsonObject
    name: str


def order_call(
    *, org: Organization, outbound: OutboundCall, agent: Agent, contact: Contact | None, rules: IntegrationSettings
) -> CallOrder:
    """Put together everything that differs from the saved assistant in this call: the one place that does.

    Inside the open transaction. The name that is spoken follows the rules of those who call in (`calls.routing`).
    Overrides hold data, never a `server`: Vapi would send its messages there without our credential.
    """
    facts = read_facts(
        org_id=org.pk, called_number="", called_number_id="", caller_number=outbound.phone_number, moment=now()
    )
    spoken = greeting_name(facts)
    overrides: JsonObject = {
        "variableValues": {"contactName": spoken, "purpose": outbound.purpose},
        "metadata": {"org_id": str(org.pk), METADATA_KEY: str(outbound.pk), "purpose": outbound.purpose},
    }
    greeting = spoken_greeting(agent=agent, org=org, settings=rules)
    if first_message := greet(name=spoken, greeting=greeting, language=agent.language):
        overrides["firstMessage"] = first_message
    customer = {"number": outbound.phone_number}
    if name := person_name(contact.name)[:LONGEST_NAME].strip() if contact else "":
        customer["name"] = name
    return CallOrder(
        assistant_id=outbound.vapi_assistant_id,
        phone_number_id=outbound.vapi_phone_number_id,
        customer=customer,
        overrides=overrides,
        name=name_at_vapi(outbound.pk),
    )


def name_at_vapi(outbound_id: UUID) -> str:
    """How a call is called at Vapi, in just the 40 characters that fit: found by it when the answer was lost."""
    return f"voxanne {outbound_id.hex}"


def is_for(entry: JsonObject, outbound_id: UUID) -> bool:
    """Whether a call in Vapi's list is the one that was asked for."""
    overrides = entry.get("assistantOverrides") or {}
    metadata = (overrides.get("metadata") if isinstance(overrides, dict) else None) or {}
    return metadata.get(METADATA_KEY) == str(outbound_id) or entry.get("name") == name_at_vapi(outbound_id)
