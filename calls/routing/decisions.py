"""Who takes a call: the agent, people, or nobody. Pure: facts in, decision out."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from agents.models import AgentMode
from calls.routing.facts import AnsweringAgent, CallFacts
from calls.routing.plain_data import as_data
from scheduling.opening import is_open_at


class Why(StrEnum):
    """What decided; for the log and the call's page."""

    ANSWERED = "answered"
    BLOCKED = "blocked"
    NO_AGENT = "no_agent"
    OFF = "agent_off"
    OPEN = "clinic_open"
    NOBODY_TO_TRANSFER_TO = "no_transfer_number"


@dataclass(frozen=True)
class AgentTakes:
    """The agent answers."""

    agent: AnsweringAgent
    why: Why = Why.ANSWERED


@dataclass(frozen=True)
class PeopleTake:
    """The call is put through, to a number or else to a SIP address."""

    number: str
    sip_uri: str
    why: Why


@dataclass(frozen=True)
class NobodyTakes:
    """A sentence is spoken and the call ends."""

    sentence: str
    why: Why


Decision = AgentTakes | PeopleTake | NobodyTakes


def decide(facts: CallFacts, *, moment: datetime, forwarded_from: str = "") -> Decision:
    """Who takes this call.

    Args:
        forwarded_from: the line that passed the call on to us; put through to it again, the call would go in circles.
    """
    agent = facts.agent
    if facts.caller and facts.caller.is_blocked:
        return NobodyTakes("I am sorry, we are not able to take your call.", Why.BLOCKED)
    if agent is None or not agent.assistant_id:
        return _people(facts, Why.NO_AGENT, forwarded_from) or _nobody(facts, Why.NO_AGENT)
    if agent.mode == AgentMode.OFF:
        return _people(facts, Why.OFF, forwarded_from) or _nobody(facts, Why.OFF)
    if agent.mode == AgentMode.AFTER_HOURS and _is_open(facts, moment):
        # Where there is nobody to put a call through to, an answer is better than none.
        return _people(facts, Why.OPEN, forwarded_from) or AgentTakes(agent, Why.NOBODY_TO_TRANSFER_TO)
    return AgentTakes(agent)


def _people(facts: CallFacts, why: Why, forwarded_from: str) -> PeopleTake | None:
    """Where people answer, unless that leads back here."""
    number = facts.transfer_number
    if number and number != forwarded_from and number not in facts.own_numbers:
        return PeopleTake(number=number, sip_uri="", why=why)
    return PeopleTake(number="", sip_uri=facts.transfer_sip_uri, why=why) if facts.transfer_sip_uri else None


def _nobody(facts: CallFacts, why: Why) -> NobodyTakes:
    clinic = as_data(facts.clinic, limit=120)
    sentence = f"Thank you for calling {clinic}. Nobody can take your call at the moment. Please call again later."
    return NobodyTakes(sentence, why)


def _is_open(facts: CallFacts, moment: datetime) -> bool:
    return is_open_at(moment, zone=facts.zone, week=facts.opening.week, closures=facts.opening.closures)
