"""How Vapi is to find who answers a number: by asking us for each call, or always the same assistant."""

from dataclasses import dataclass
from typing import Any

from agents.models import Agent, AgentMode, ClosedBehaviour
from agents.payload import webhook_url
from orgs.models import CallRouting, IntegrationSettings

# What stops Vapi from asking us.
FIXED_LINKS = ("assistantId", "squadId", "workflowId")
FIXED = "fixed"
# The telephone rings meanwhile: two quick tries, then Vapi falls back to the clinic's people.
_BACKOFF_PLAN = {
    "type": "fixed",
    "maxRetries": 2,
    "baseDelaySeconds": 1,
    "excludedStatusCodes": [400, 401, 403, 404, 405, 409, 410, 413, 415, 422],
}
_TIMEOUT_S = 20


# A fixed link knows no hours and no off: for agents of which that is asked, Vapi has to ask us all the same.
CONDITIONAL_MODES = (AgentMode.OFF, AgentMode.AFTER_HOURS)


@dataclass(frozen=True)
class Route:
    """What a clinic chose, as far as Vapi has to know it."""

    is_dynamic: bool
    transfer_number: str = ""
    transfer_sip_uri: str = ""

    @property
    def mark(self) -> str:
        """What stands in a number's row once Vapi has followed: another choice or address of ours is another mark."""
        return dynamic_mark() if self.is_dynamic else FIXED

    def body(self, *, assistant_id: str, credential_id: str) -> dict[str, Any]:
        """The part of a number at Vapi that leads to who answers."""
        if not self.is_dynamic:
            return {"assistantId": assistant_id} if assistant_id else {}
        server = {
            "url": webhook_url(),
            "credentialId": credential_id,
            "timeoutSeconds": _TIMEOUT_S,
            "backoffPlan": _BACKOFF_PLAN,
        }
        return {"server": server, **({"fallbackDestination": self.fallback} if self.fallback else {})}

    @property
    def fallback(self) -> dict[str, str]:
        """The clinic's people, for when we do not answer; empty where no transfer number is set."""
        if self.transfer_number:
            return {"type": "number", "number": self.transfer_number}
        return {"type": "sip", "sipUri": self.transfer_sip_uri} if self.transfer_sip_uri else {}

    def unwanted(self, existing: dict[str, Any]) -> list[str]:
        """What an entry at Vapi must lose, so that Vapi asks us, and falls back only to whom the clinic named."""
        if not self.is_dynamic:
            return []
        names = [*FIXED_LINKS, *([] if self.fallback else ["fallbackDestination"])]
        return [name for name in names if existing.get(name)]


def dynamic_mark() -> str:
    """The mark of every number for which Vapi asks us, at our present address."""
    return f"dynamic {webhook_url()}"


def read_route(answering: Agent | None) -> Route:
    """The organisation's choice, and what its answering agent makes of it. One query, inside the open transaction."""
    chosen = IntegrationSettings.objects.only(
        "org_id", "call_routing", "transfer_phone_number", "transfer_sip_uri"
    ).first()
    if chosen is None:
        return Route(is_dynamic=True)
    return Route(
        is_dynamic=chosen.call_routing == CallRouting.DYNAMIC or _is_conditional(answering),
        transfer_number=chosen.transfer_phone_number,
        transfer_sip_uri=chosen.transfer_sip_uri,
    )


def _is_conditional(agent: Agent | None) -> bool:
    """Whether it depends on the moment if this agent answers, and how."""
    return agent is not None and (
        agent.mode in CONDITIONAL_MODES or agent.closed_behaviour != ClosedBehaviour.ANSWER.value
    )
