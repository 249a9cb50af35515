"""What was said: live lines while the call runs, the report's lines once it has ended."""

from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from calls.ingress.messages import LONGEST_CALL_S, Message, as_datetime, as_seconds
from calls.models import Call, ToolInvocation, TranscriptLine
from calls.redaction import Discretion

_ROLES = {"user": "caller", "customer": "caller", "bot": "assistant", "assistant": "assistant"}
MAX_LINES = 5000


def add_live_line(call: Call, message: Message, discretion: Discretion) -> None:
    """Keep one final transcript of a running call. Partial ones are not kept, and none once the report is in.

    A question that comes in after its answer has the answer looked at again.
    """
    role = _ROLES.get(str(message.body.get("role", "")))
    text = str(message.body.get("transcript") or "").strip()
    moment = message.timestamp
    is_partial = message.body.get("transcriptType") == "partial"
    if role is None or not text or moment is None or is_partial or has_final_lines(call):
        return
    line = TranscriptLine(
        org_id=call.org_id, call=call, role=role, text=text, ordinal=round(moment.timestamp() * 1000), spoken_at=moment
    )
    TranscriptLine.objects.bulk_create([line], ignore_conflicts=True)
    answer = _live_lines(call.vapi_call_id).filter(ordinal__gt=line.ordinal).order_by("ordinal").first()
    if (
        answer is not None
        and (told := discretion.redact(answer.text, before=text, by_caller=answer.role == "caller")) != answer.text
    ):
        answer.text = told
        answer.save(update_fields=["text", "updated_at"])


def line_before(message: Message) -> str:
    """What was said just before a live line, as far as it has come in."""
    moment = message.timestamp
    if moment is None:
        return ""
    lines = _live_lines(message.call_id).filter(ordinal__lt=round(moment.timestamp() * 1000))
    return lines.order_by("-ordinal").values_list("text", flat=True).first() or ""


def _live_lines(vapi_call_id: str) -> QuerySet[TranscriptLine]:
    return TranscriptLine.objects.filter(call__vapi_call_id=vapi_call_id, is_final=False)


def replace_lines(call: Call, message: Message) -> list[TranscriptLine]:
    """Put the report's lines in place of all that is there, and return them; without any, what is there stays.

    The same report again gives the same lines.
    """
    lines = _report_lines(call, message.artifact.get("messages"))
    if not lines:
        return []
    TranscriptLine.objects.filter(call=call).delete()
    TranscriptLine.objects.bulk_create(lines)
    _place_tool_calls(call, message.artifact.get("messages"))
    return lines


def has_final_lines(call: Call) -> bool:
    """Whether the report's transcript is in place."""
    return TranscriptLine.objects.filter(call=call, is_final=True).exists()


def settle_offsets(call: Call) -> None:
    """Count live lines from the start of the call, once it is known (it may become known after them)."""
    if call.started_at is None:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE call_transcripts AS line SET start_offset_ms = said.ms
            FROM (
                SELECT id, least(greatest(0, round(extract(epoch FROM spoken_at - %s::timestamptz) * 1000)), %s)::int ms
                FROM call_transcripts WHERE org_id = %s::uuid AND call_id = %s::uuid AND NOT is_final
            ) AS said
            WHERE line.org_id = %s::uuid AND line.id = said.id AND line.start_offset_ms IS DISTINCT FROM said.ms
            """,
            [call.started_at, LONGEST_CALL_S * 1000, call.org_id, call.pk, call.org_id],
        )


def _report_lines(call: Call, messages: Any) -> list[TranscriptLine]:
    lines: list[TranscriptLine] = []
    for item in messages if isinstance(messages, list) else []:
        role = _ROLES.get(str(item.get("role", ""))) if isinstance(item, dict) else None
        text = str(item.get("message") or "").strip() if role else ""
        if not role or not text or len(lines) >= MAX_LINES:
            continue
        offset_s = as_seconds(item.get("secondsFromStart"))
        lines.append(
            TranscriptLine(
                org_id=call.org_id,
                call=call,
                role=role,
                text=text,
                ordinal=len(lines),
                is_final=True,
                start_offset_ms=round(offset_s * 1000) if offset_s is not None else None,
                spoken_at=_spoken_at(item.get("time")),
            )
        )
    return lines


def _place_tool_calls(call: Call, messages: Any) -> None:
    """Take over from the report when in the call each tool was asked."""
    offsets: dict[str, int] = {}
    for item in messages if isinstance(messages, list) else []:
        offset_s = as_seconds(item.get("secondsFromStart")) if isinstance(item, dict) else None
        if offset_s is None or not isinstance(item.get("toolCalls"), list):
            continue
        for tool_call in item["toolCalls"]:
            if isinstance(tool_call, dict) and isinstance(tool_call.get("id"), str):
                offsets[tool_call["id"]] = round(offset_s * 1000)
    invocations = list(ToolInvocation.objects.filter(call=call, tool_call_id__in=offsets).only("id", "tool_call_id"))
    for invocation in invocations:
        invocation.start_offset_ms = offsets[invocation.tool_call_id]
    ToolInvocation.objects.bulk_update(invocations, ["start_offset_ms"])


def _spoken_at(value: Any) -> datetime | None:
    moment = as_datetime(value)
    return moment if moment and moment > datetime(2020, 1, 1, tzinfo=UTC) else None
