"""Tools that answer as in a live call and leave nothing behind: one transaction a message, always rolled back."""

from typing import Any

from django.db import transaction

from agents.models import AgentPublication, PublicationState
from calls.ingress.door import NotVapi
from calls.ingress.messages import Message, ToolCall
from calls.rehearsals.pack import BY_KEY
from calls.rehearsals.passes import Pass
from calls.tools.dispatch import MAX_CALLS_PER_MESSAGE, reply, try_tool
from calls.tools.registry import find_tool
from calls.tools.types import ToolAnswer, ToolContext
from orgs.models import Organization
from orgs.scope import org_scope, org_tx


def answer_rehearsal(*, granted: Pass, message: Message) -> dict[str, Any]:
    """The reply to one `tool-calls` message of a rehearsal. Nothing is stored, sent or enqueued.

    Raises:
        NotVapi: the rehearsal is over, or another worker has it.
    """
    with org_scope(granted.org_id), org_tx():
        org = _require_under_way(granted)
        BY_KEY[granted.scenario].arrange(org, granted.day)
        answers = [(call, _answer(org, message, call)) for call in message.tool_calls[:MAX_CALLS_PER_MESSAGE]]
        transaction.set_rollback(True)
    return reply(answers)


def _require_under_way(granted: Pass) -> Organization:
    held = AgentPublication.objects.filter(
        pk=granted.publication_id, claim=granted.claim, state=PublicationState.REHEARSING
    )
    if not held.exists():
        raise NotVapi
    return Organization.objects.get()


def _answer(org: Organization, message: Message, call: ToolCall) -> ToolAnswer:
    context = ToolContext(
        org=org, call=None, caller_number=str(message.customer.get("number") or ""), tool_call_id=call.id
    )
    return try_tool(find_tool(call.name), context, call)
