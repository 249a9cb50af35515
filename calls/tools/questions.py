"""The assistant's question as it is stored: read or written with its call and its clinic in one statement."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from calls.facts import merge
from calls.ingress.messages import Message, ToolCall
from calls.ingress.recording import party_of
from calls.models import Call, ToolInvocation
from calls.outbound.records import link_early
from orgs.models import Organization
from orgs.tenancy.rows import columns_of, from_columns
from voxanne.clock import now
from voxanne.ids import uuid7

_OPEN = """
SELECT (opened.for_clinic).*, (opened.in_call).*, (opened.question).* FROM open_tool_call(
    %(org_id)s::uuid, %(call_pk)s::uuid, %(call)s, %(call_sid)s, %(call_type)s, %(from_number)s, %(to_number)s,
    %(phone_number)s, %(caller_name)s, %(facts)s::jsonb, %(question_pk)s::uuid, %(question)s, %(tool)s,
    %(arguments)s::jsonb, %(now)s::timestamptz) AS opened
"""


@dataclass(frozen=True)
class Question:
    """One question, and what it belongs to.

    Attributes:
        call: locked for the open transaction; None where the question names none.
        is_new: nobody has asked it before.
    """

    org: Organization
    call: Call | None
    invocation: ToolInvocation
    is_new: bool


def open_question(*, org_id: UUID, message: Message, tool_call: ToolCall) -> Question:
    """Store the question, or wait for whoever is answering it and read that. Without ids every question is new.

    The call is made when no report has come yet. Inside org_tx; one statement (calls migration 0009).
    """
    link_early(org_id=org_id, outbound_id=message.outbound_call_id, vapi_call_id=message.call_id)
    party, columns = party_of(message)
    question_pk = uuid7()
    parameters: dict[str, Any] = {
        **columns,
        "org_id": org_id,
        "call_pk": uuid7(),
        "call": message.call_id,
        "facts": json.dumps(merge({}, {"party": party})),
        "question_pk": question_pk,
        "question": tool_call.id or f"anonymous-{uuid7()}",
        "tool": tool_call.name or "unknown",
        "arguments": json.dumps(tool_call.arguments),
        "now": now(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, parameters)
        names = [column.name for column in cursor.description]
        row = cursor.fetchone()
    org, call, invocation = _split(names, row)
    return Question(org=org, call=call, invocation=invocation, is_new=invocation.pk == question_pk)


def _split(names: list[str], row: tuple[Any, ...]) -> tuple[Organization, Call | None, ToolInvocation]:
    """The three rows that stand side by side."""
    to_call = columns_of(Organization)
    to_question = to_call + columns_of(Call)
    org = from_columns(Organization, names[:to_call], row[:to_call])
    has_call = row[to_call] is not None
    call = from_columns(Call, names[to_call:to_question], row[to_call:to_question]) if has_call else None
    invocation = from_columns(ToolInvocation, names[to_question:], row[to_question:])
    return org, call, invocation
