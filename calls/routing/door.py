"""Answering while the telephone rings: within milliseconds, and always with something that helps the caller."""

import time
from typing import Any
from uuid import UUID

import structlog
from django.db import DatabaseError

from calls.ingress.messages import Message
from calls.routing.answers import Answer, answer_with
from calls.routing.decisions import AgentTakes, Decision, PeopleTake, Ringing, Why, decide
from calls.routing.facts import read_facts
from calls.routing.records import record_on_the_side
from contacts.phones import find_caller_number
from voxanne.clock import now
from voxanne.errors import DomainError
from voxanne.expiring_cache import ExpiringCache
from voxanne.metrics import histogram

log = structlog.get_logger(__name__)

ROUTED = histogram("call_routing_seconds", "Time to say who takes a call, by what decided.", labels=("decision",))
FAILED = "failed"
NOT_IN_SERVICE: Answer = {"error": "We are sorry, this number is not in service."}
# Who answered a number last, for the moments in which nothing can be read.
_last_answered: ExpiringCache[str] = ExpiringCache(name="last_answered", ttl_s=600.0, max_entries=5000)


class CannotSay(DomainError):
    """Nothing is known about who should answer. As an error Vapi rings the number's fallback, which are people."""

    code = "cannot_say"
    http_status = 503
    message = "We are sorry, we cannot take your call at the moment. Please try again in a few minutes."


def answer_call(*, org_id: UUID, message: Message, rang_at: float) -> Answer:
    """Who takes the call, with what is known about the caller. Inside the organisation's scope, outside transactions.

    When something breaks, the agent who answered this number last answers without knowing the caller. `rang_at`, by
    `time.perf_counter`, is what the time to say so is measured from.

    Raises:
        CannotSay: and nobody is known to have answered it lately.
    """
    key = f"{org_id}|{message.called_number or message.phone_number_id}"
    try:
        decision, answer = _answer(org_id, message)
    except Exception as error:  # the telephone is ringing: whatever broke, somebody has to answer
        ROUTED.labels(FAILED).observe(time.perf_counter() - rang_at)
        log.exception("call.routing_failed", database=isinstance(error, DatabaseError))
        return _answer_blindly(key)
    _remember(key, decision)
    seconds = time.perf_counter() - rang_at
    ROUTED.labels(decision.why.value).observe(seconds)
    if decision.why is not Why.ANSWERED:
        log.info("call.routed", why=decision.why.value, ms=round(seconds * 1000, 1))
    record_on_the_side(org_id=org_id, message=message, routed=_in_short(decision))
    return answer


def _answer(org_id: UUID, message: Message) -> tuple[Decision, Answer]:
    ringing = Ringing(
        at=now(),
        caller_number=find_caller_number(str(message.customer.get("number") or "")),
        forwarded_from=message.forwarded_from,
    )
    facts = read_facts(
        org_id=org_id,
        called_number=message.called_number,
        called_number_id=message.phone_number_id,
        caller_number=ringing.caller_number,
        moment=ringing.at,
    )
    decision = decide(facts, ringing)
    return decision, answer_with(decision, org_id=org_id, facts=facts, moment=ringing.at)


def _answer_blindly(key: str) -> Answer:
    assistant_id = _last_answered.find(key)
    if assistant_id is None:
        raise CannotSay
    return {"assistantId": assistant_id}


def _remember(key: str, decision: Decision) -> None:
    if isinstance(decision, AgentTakes):
        _last_answered.put(key, decision.agent.assistant_id, epoch=_last_answered.epoch())
    elif _last_answered.find(key) is not None:
        _last_answered.drop(key)


def _in_short(decision: Decision) -> dict[str, Any]:
    """What the call's row keeps of it."""
    match decision:
        case AgentTakes(agent=agent):
            return {"agent": agent.id, "why": decision.why.value}
        case PeopleTake(destination=destination):
            return {"to": destination.address, "why": decision.why.value}
    return {"why": decision.why.value}
