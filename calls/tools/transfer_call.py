"""`transferCall`: hand the caller over to people. Vapi does not act on the answer: `calls.transfers` tells it to."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from rest_framework import serializers

from calls.facts import merge
from calls.ingress.recording import write_facts
from calls.models import Call
from calls.tools.types import Tool, ToolAnswer, ToolContext
from calls.transfers import DEPARTMENTS, Destination, Handover, choose_destination, note_nobody_reached, put_through
from contacts.phones import find_e164
from voxanne.clock import now

REPEAT_S = 30
WORDS = "I am putting you through now. Please hold the line."
NOBODY = "Nobody can be reached right now. Offer to take a message so that the team calls back."
SORRY = "I am sorry, nobody can take your call right now. I have asked the team to call you back."


class Arguments(serializers.Serializer):
    """Why, and to whom."""

    summary = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=600,
        help_text="One or two sentences for the colleague who answers: who calls and what for.",
    )
    department = serializers.CharField(
        required=False, allow_blank=True, max_length=40, help_text="general, billing or medical."
    )


def transfer(context: ToolContext, arguments: dict[str, Any]) -> ToolAnswer:
    """Put the call through, or say that nobody can be reached."""
    org = context.org
    department = arguments.get("department", "").strip().lower()
    department = department if department in DEPARTMENTS else DEPARTMENTS[0]
    caller = find_e164(context.caller_number, country=org.country)
    destination = choose_destination(org=org, department=department, caller_number=caller)
    if destination is None or not _can_be_done(context):
        return _nobody(context)
    summary = " ".join(arguments.get("summary", "").split())
    answer = ToolAnswer(speech=WORDS, content=_handed(context, destination, department, summary))
    if context.call is None or _is_under_way(context.call, destination):
        return answer
    handed = {"at": now().isoformat(), "to": destination.address[:255]}
    write_facts(context.call, merge(context.call.facts, {"handover": handed}))
    if not context.asks_where_to:
        _put_through_on_commit(context, context.call, destination, summary)
    return answer


def _can_be_done(context: ToolContext) -> bool:
    return context.asks_where_to or (context.call is not None and bool(context.control_url))


def _nobody(context: ToolContext) -> ToolAnswer:
    """Nobody to put the caller through to: the team is told to call back. Vapi speaks an error as it stands."""
    if context.call is not None:
        note_nobody_reached(org=context.org, call=context.call)
    speech = SORRY if context.asks_where_to else NOBODY
    return ToolAnswer(speech=speech, content={"success": False, "code": "nobody_to_transfer_to"}, succeeded=False)


def _put_through_on_commit(context: ToolContext, call: Call, destination: Destination, summary: str) -> None:
    handover = Handover(
        call_id=str(call.pk),
        control_url=context.control_url,
        destination=destination.as_vapi(summary=summary),
        words=WORDS,
    )
    transaction.on_commit(lambda: put_through(handover))


def _is_under_way(call: Call, destination: Destination) -> bool:
    """Whether this has just been asked for: the model asks again when it was interrupted."""
    handed = call.facts.get("handover") or {}
    if handed.get("to") != destination.address[:255]:
        return False
    return now() - datetime.fromisoformat(handed["at"]) < timedelta(seconds=REPEAT_S)


def _handed(context: ToolContext, destination: Destination, department: str, summary: str) -> dict[str, Any]:
    """The answer as data. Vapi acts on it only where it asked where to; then the colleague hears the summary too."""
    told = destination.as_vapi(words=WORDS, summary=summary if context.asks_where_to else "")
    return {"success": True, "department": department, "transfer": {"destination": told}}


TRANSFER_CALL = Tool(
    name="transferCall",
    description=(
        "Put the caller through to a person: when they ask for one, are upset, have a complaint, or need something "
        "that you cannot do. Tell them first that you are doing so."
    ),
    arguments=Arguments,
    handler=transfer,
)
