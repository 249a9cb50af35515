"""The answer to Vapi's `assistant-request` (reference vapi, 1.3), for one caller and one call."""

from datetime import datetime
from typing import Any
from uuid import UUID

from agents.identity_block import CALLER_MEMORY
from calls.routing.decisions import AgentTakes, Decision, NobodyTakes, PeopleTake
from calls.routing.facts import CallFacts
from calls.routing.greeting import greet
from calls.routing.memory import greeting_name, tell_memory

PUTTING_THROUGH = "One moment, please. I am putting you through."
Answer = dict[str, Any]


def answer_with(decision: Decision, *, org_id: UUID, facts: CallFacts, moment: datetime) -> Answer:
    """What Vapi is to do. What is said of the caller travels with this one call and changes no assistant."""
    match decision:
        case NobodyTakes(sentence=sentence):
            return {"error": sentence}
        case PeopleTake(destination=destination):
            return {"destination": destination.as_vapi(words=PUTTING_THROUGH)}
        case AgentTakes(agent=agent):
            overrides: Answer = {
                "variableValues": {CALLER_MEMORY: tell_memory(facts, moment=moment)},
                "metadata": {"org_id": str(org_id), "agent_id": agent.id},
            }
            greeting = greet(name=greeting_name(facts), facts=facts, agent=agent, instead=decision.greeting)
            if greeting:
                overrides["firstMessage"] = greeting
            return {"assistantId": agent.assistant_id, "assistantOverrides": overrides}
