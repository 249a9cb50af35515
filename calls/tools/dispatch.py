"""Answering the assistant: every question once, within one short transaction, always with something to say."""

import json
import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog
from django.db import DatabaseError, transaction

from calls.facts import merge
from calls.ingress.messages import TRANSFER_REQUEST, Message, ToolCall
from calls.ingress.recording import write_facts
from calls.models import Call, ToolInvocation
from calls.tools.questions import open_question
from calls.tools.red_flags import EMERGENCY, answer_emergency, find_red_flag, find_red_flags
from calls.tools.registry import find_tool
from calls.tools.types import Tool, ToolAnswer, ToolContext
from calls.tools.wishes import find_same_wish
from calls.transfers import find_on_call_number
from calls.urgent import raise_alarm
from orgs.models import Organization
from orgs.scope import org_tx
from voxanne.errors import DomainError
from voxanne.live import publish_on_commit
from voxanne.metrics import histogram

log = structlog.get_logger(__name__)

ANSWERS = histogram(
    "tool_seconds", "Answers to the assistant, by tool and by what came of it.", labels=("tool", "outcome")
)

TROUBLE = ToolAnswer(
    speech="I am having trouble with that right now. Let me take your details so that the team can call you back.",
    content={"success": False, "code": "unavailable"},
    succeeded=False,
)
MAX_CALLS_PER_MESSAGE = 50


@dataclass(frozen=True)
class Asked:
    """One question as it came in, at `started` of the performance counter."""

    tool: Tool | None
    message: Message
    tool_call: ToolCall
    prepared: Any
    started: float


def answer_message(*, org_id: UUID, message: Message, calls: list[ToolCall]) -> dict[str, Any]:
    """The reply to one `tool-calls` message: a result for each call, in order. Inside the organisation's scope."""
    asked = calls[:MAX_CALLS_PER_MESSAGE]
    answers = [(call, answer_call(org_id=org_id, message=message, tool_call=call)) for call in asked]
    return reply(answers)


def reply(answers: list[tuple[ToolCall, ToolAnswer]]) -> dict[str, Any]:
    """Both forms of the answer: Vapi's results, and the older fields of the first one."""
    results = [{"toolCallId": call.id, "name": call.name, "result": answer.line} for call, answer in answers]
    if not answers:
        answers = [(ToolCall(id="", name="", arguments={}), NOTHING_ASKED)]
    _, first = answers[0]
    transfer = first.content.get("transfer")
    return {
        "results": results,
        "toolResult": {"content": json.dumps({**first.content, "message": first.line}, sort_keys=True)},
        "speech": first.line,
        **({"transfer": transfer} if transfer else {}),
    }


NOTHING_ASKED = ToolAnswer(
    speech="No tool was named. Call one of the listed tools.",
    content={"success": False, "code": "no_tool"},
    succeeded=False,
)


def answer_call(*, org_id: UUID, message: Message, tool_call: ToolCall) -> ToolAnswer:
    """Answer one question. Asked again with the same id, the stored answer is given and nothing is done twice.

    Never raises: this is the door where any failure becomes something that can be said.
    """
    started = time.perf_counter()
    tool = find_tool(tool_call.name)
    try:
        asked = Asked(tool, message, tool_call, prepared=_prepare(tool, tool_call), started=started)
        with org_tx():
            answer = _answer_once(org_id, asked)
    except Exception:  # the caller must hear something, whatever broke
        log.exception("tool.failed", tool=tool.name if tool else "unknown")
        answer = TROUBLE
    known_name, took_s = tool.name if tool else "unknown", time.perf_counter() - started
    ANSWERS.labels(known_name, "ok" if answer.succeeded else str(answer.content.get("code", "refused"))).observe(took_s)
    log.info("tool.answered", tool=known_name, succeeded=answer.succeeded, ms=round(took_s * 1000, 1))
    return answer


def _prepare(tool: Tool | None, tool_call: ToolCall) -> Any:
    """What the tool does before the transaction opens. Danger, and arguments that are refused, do not wait for it."""
    if tool is None or tool.prepare is None or tool_call.problem or find_red_flag(tool_call.arguments):
        return None
    serializer = tool.arguments(data=tool_call.arguments)
    return tool.prepare(serializer.validated_data) if serializer.is_valid() else None


def _answer_once(org_id: UUID, asked: Asked) -> ToolAnswer:
    tool, tool_call = asked.tool, asked.tool_call
    question = open_question(org_id=org_id, message=asked.message, tool_call=tool_call)
    org, call, invocation = question.org, question.call, question.invocation
    if not question.is_new and invocation.answer is not None:
        return _stored(invocation)
    if tool is not None and not tool_call.problem and (earlier := find_same_wish(tool, invocation)) is not None:
        answer = _stored(earlier)
    else:
        answer = run_tool(tool, _context(org, call, asked), tool_call)
    invocation.answer = {"speech": answer.speech, "content": answer.content}
    invocation.succeeded = answer.succeeded
    invocation.duration_ms = round((time.perf_counter() - asked.started) * 1000, 2)
    invocation.save(update_fields=["answer", "succeeded", "duration_ms", "updated_at"])
    if call is not None:
        if tool and tool.books and answer.content.get("appointmentId"):
            write_facts(call, merge(call.facts, {"booked": True}))
        publish_on_commit(org.pk, "call", id=call.pk)
    if answer.content.get("code") == EMERGENCY:
        flags = find_red_flags(tool_call.arguments)
        raise_alarm(org=org, call=call, flags=flags, cause=invocation.tool_call_id)
    return answer


def _context(org: Organization, call: Call | None, asked: Asked) -> ToolContext:
    message = asked.message
    return ToolContext(
        org=org,
        call=call,
        caller_number=str(message.customer.get("number") or ""),
        tool_call_id=asked.tool_call.id,
        assistant_id=message.assistant_id,
        control_url=message.control_url,
        asks_where_to=message.type == TRANSFER_REQUEST,
        prepared=asked.prepared,
    )


def _stored(invocation: ToolInvocation) -> ToolAnswer:
    answer = invocation.answer or {}
    return ToolAnswer(speech=answer["speech"], content=answer["content"], succeeded=invocation.succeeded)


def run_tool(tool: Tool | None, context: ToolContext, tool_call: ToolCall) -> ToolAnswer:
    """One tool's answer, without writing the question down. Danger in the arguments comes before any tool."""
    if flag := find_red_flag(tool_call.arguments):
        on_call = find_on_call_number(org=context.org, caller_number=context.caller_number)
        return answer_emergency(flag, country=context.org.country, on_call=on_call)
    if tool is None:
        return _helpful(
            "unknown_tool", f"There is no tool called {tool_call.name or 'that'}. Use one of the listed tools."
        )
    if tool_call.problem:
        return _helpful("bad_arguments", tool_call.problem)
    serializer = tool.arguments(data=tool_call.arguments)
    if not serializer.is_valid():
        return _helpful("bad_arguments", _explain(serializer.errors))
    try:
        with transaction.atomic():
            return tool.handler(context, serializer.validated_data)
    except DomainError as refused:
        return _helpful(refused.code, refused.message)
    except DatabaseError:
        log.exception("tool.database_error", tool=tool.name)
        return TROUBLE


def try_tool(tool: Tool | None, context: ToolContext, tool_call: ToolCall) -> ToolAnswer:
    """The same for a rehearsal: whatever breaks, the answer is what a caller would hear then."""
    try:
        with transaction.atomic():
            return run_tool(tool, context, tool_call)
    except Exception:  # as in `answer_call`
        log.exception("tool.failed", tool=tool.name if tool else "unknown")
        return TROUBLE


def _helpful(code: str, sentence: str) -> ToolAnswer:
    return ToolAnswer(speech=sentence, content={"success": False, "code": code}, succeeded=False)


def _explain(errors: Any) -> str:
    """Serializer errors as one sentence that the model can act on."""
    parts = [f"{name}: {' '.join(str(item) for item in problems)}" for name, problems in dict(errors).items()]
    return "I need a little more to do that. " + " ".join(parts)
