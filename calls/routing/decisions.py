"""Who takes a call: the agent, people, or nobody. Pure: facts in, decision out."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from agents.models import AgentMode, ClosedBehaviour
from agents.prompting.cleaning import clean_line
from calls.routing.facts import AnsweringAgent, CallFacts
from calls.routing.plain_data import as_data
from calls.transfers import Destination
from scheduling.opening import is_open_at


class Why(StrEnum):
    """What decided; for the log and the call's page."""

    ANSWERED = "answered"
    BLOCKED = "blocked"
    NO_AGENT = "no_agent"
    OFF = "agent_off"
    OPEN = "clinic_open"
    CLOSED = "clinic_closed"
    NOBODY_TO_TRANSFER_TO = "no_transfer_number"


_WORDS = {
    Why.BLOCKED: "Nobody: this caller is blocked",
    Why.NO_AGENT: "No agent: it was not ready",
    Why.OFF: "No agent: it was off",
    Why.OPEN: "Your team: the clinic was open",
    Why.CLOSED: "The after-hours message: the clinic was closed",
    Why.NOBODY_TO_TRANSFER_TO: "Your agent, because no number for your team is set",
}


def describe_routing(why: str) -> str:
    """Who took a call, for its page; "" where it was the agent as always."""
    return _WORDS.get(Why(why), "") if why in set(Why) else ""


@dataclass(frozen=True)
class Ringing:
    """One call as it comes in.

    Attributes:
        at: when, aware.
        caller_number: in E.164, "" when withheld.
        forwarded_from: the line that passed the call on to us.
    """

    at: datetime
    caller_number: str = ""
    forwarded_from: str = ""


@dataclass(frozen=True)
class AgentTakes:
    """The agent answers; `greeting` stands in for its own where it is not empty."""

    agent: AnsweringAgent
    why: Why = Why.ANSWERED
    greeting: str = ""


@dataclass(frozen=True)
class PeopleTake:
    """The call is put through."""

    destination: Destination
    why: Why


@dataclass(frozen=True)
class NobodyTakes:
    """A sentence is spoken and the call ends."""

    sentence: str
    why: Why


Decision = AgentTakes | PeopleTake | NobodyTakes


def decide(facts: CallFacts, ringing: Ringing) -> Decision:
    """Who takes this call."""
    agent = facts.agent
    if facts.caller and facts.caller.is_blocked:
        return NobodyTakes("I am sorry, we are not able to take your call.", Why.BLOCKED)
    if agent is None or not agent.assistant_id:
        return _people(facts, ringing, Why.NO_AGENT) or _nobody(facts, Why.NO_AGENT)
    if agent.mode == AgentMode.OFF:
        return _people(facts, ringing, Why.OFF) or _nobody(facts, Why.OFF)
    is_open = _find_open(facts, ringing.at)
    if agent.mode == AgentMode.AFTER_HOURS and is_open:
        # Where there is nobody to put a call through to, an answer is better than none.
        return _people(facts, ringing, Why.OPEN) or AgentTakes(agent, Why.NOBODY_TO_TRANSFER_TO)
    if is_open is False and agent.after_hours_message:
        return _while_closed(agent)
    return AgentTakes(agent)


def _while_closed(agent: AnsweringAgent) -> Decision:
    if agent.closed_behaviour == ClosedBehaviour.GOODBYE:
        return NobodyTakes(clean_line(agent.after_hours_message), Why.CLOSED)
    if agent.closed_behaviour == ClosedBehaviour.MESSAGE:
        return AgentTakes(agent, greeting=agent.after_hours_message)
    return AgentTakes(agent)


def _people(facts: CallFacts, ringing: Ringing, why: Why) -> PeopleTake | None:
    """Where people answer: the agent's own default, else the clinic's number, else its SIP address.

    What leads back here does not count, nor does the telephone that is calling.
    """
    own = facts.agent.transfers_to if facts.agent else ""
    leads_back = {*facts.own_numbers, ringing.forwarded_from, ringing.caller_number}
    for address in (own, facts.transfer_number, facts.transfer_sip_uri):
        if address and address not in leads_back:
            is_number = address.startswith("+")
            return PeopleTake(Destination(number=address) if is_number else Destination(sip_uri=address), why)
    return None


def _nobody(facts: CallFacts, why: Why) -> NobodyTakes:
    clinic = as_data(facts.clinic, limit=120)
    sentence = f"Thank you for calling {clinic}. Nobody can take your call at the moment. Please call again later."
    return NobodyTakes(sentence, why)


def _find_open(facts: CallFacts, moment: datetime) -> bool | None:
    """Whether the clinic is open; None for a clinic that has no hours, or where they do not matter."""
    if not facts.opening.week:
        return None
    return is_open_at(moment, zone=facts.zone, week=facts.opening.week, closures=facts.opening.closures)
