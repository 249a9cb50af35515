"""Vapi's messages as they really come (reference vapi, section 1), with fictional people and numbers."""

import copy
from datetime import UTC, datetime, timedelta
from typing import Any

START = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
CALLER = "+447700900123"
CLINIC = "+442079460101"


def stamp(seconds: float) -> int:
    """Epoch milliseconds, so many seconds after the call began."""
    return round((START + timedelta(seconds=seconds)).timestamp() * 1000)


def iso(seconds: float) -> str:
    return (START + timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")


def envelope(kind: str, *, call_id: str, assistant_id: str = "", at: float = 0, **fields: Any) -> dict[str, Any]:
    """The outer form that every message shares."""
    customer = {"number": CALLER, "name": "Ana Reyes"}
    return {
        "message": {
            "type": kind,
            "timestamp": stamp(at),
            "call": {
                "id": call_id,
                "type": "inboundPhoneCall",
                "assistantId": assistant_id,
                "phoneNumberId": "8d2f7c1e-2b6a-4c0e-9a55-0b7d3f1f2a11",
                "customer": customer,
                "monitor": {"controlUrl": "https://control.vapi.example/secret"},
            },
            "assistant": {"id": assistant_id, "model": {"messages": [{"role": "system", "content": "the prompt"}]}},
            "phoneNumber": {"number": CLINIC},
            "customer": customer,
            **fields,
        }
    }


def status(value: str, *, call_id: str, at: float = 0, assistant_id: str = "", **fields: Any) -> dict[str, Any]:
    return envelope("status-update", call_id=call_id, assistant_id=assistant_id, at=at, status=value, **fields)


def transcript(role: str, text: str, *, call_id: str, at: float, assistant_id: str = "") -> dict[str, Any]:
    return envelope(
        'transcript[transcriptType="final"]',
        call_id=call_id, assistant_id=assistant_id, at=at, role=role, transcriptType="final", transcript=text,
    )  # fmt: skip


def report(*, call_id: str, assistant_id: str = "", at: float = 220, **fields: Any) -> dict[str, Any]:
    """A full end-of-call report of a call of 216 seconds."""
    body = envelope(
        "end-of-call-report",
        call_id=call_id,
        assistant_id=assistant_id,
        at=at,
        endedReason="customer-ended-call",
        startedAt=iso(2),
        endedAt=iso(218),
        durationSeconds=216,
        cost=0.3412,
        costs=[{"type": "something-new", "cost": 0.1}],
        analysis={"summary": "An older summary."},
        artifact={
            "transcript": "AI: Hello\nUser: Hi\n",
            "messages": [
                {"role": "system", "message": "the prompt"},
                {"role": "bot", "message": "Hello, North Clinic.", "time": stamp(3), "secondsFromStart": 1.0},
                {"role": "user", "message": "Hi, can I book Botox?", "time": stamp(6), "secondsFromStart": 4.0},
                {"role": "bot", "message": "Of course.", "time": stamp(9), "secondsFromStart": 7.0},
            ],
            "recordingUrl": "https://storage.vapi.example/call-mono.wav",
            "presignedMonoUrl": "https://storage.vapi.example/call-mono.wav?X-Amz-Signature=abc",
            "structuredOutputs": {
                "0f1e": {"name": "call_sentiment", "result": "positive"},
                "1f1e": {"name": "call_sentiment_score", "result": 0.82},
                "2f1e": {"name": "call_summary", "result": "Ana asked about Botox."},
                "3f1e": {"name": "call_urgency", "result": "low"},
                "4f1e": {"name": "booking_intent", "result": True},
                "5f1e": {"name": "call_reason", "result": "New appointment"},
            },
        },
    )
    body["message"].update(fields)
    return body


def stub_report(*, call_id: str, assistant_id: str = "", at: float = 221) -> dict[str, Any]:
    """What failed and never-connected calls deliver."""
    return envelope(
        "end-of-call-report",
        call_id=call_id, assistant_id=assistant_id, at=at, endedReason="customer-ended-call", artifact={}, analysis={},
    )  # fmt: skip


def tool_call(
    name: str, arguments: Any, *, call_id: str, tool_call_id: str = "call_1", assistant_id: str = "", at: float = 20
) -> dict[str, Any]:
    """One question of the assistant, as really sent: nested, arguments as an object."""
    item = {"id": tool_call_id, "type": "function", "function": {"name": name, "arguments": arguments}}
    return envelope(
        "tool-calls", call_id=call_id, assistant_id=assistant_id, at=at,
        toolCalls=[item], toolCallList=[copy.deepcopy(item)],
        toolWithToolCallList=[{"type": "function", "toolCall": copy.deepcopy(item), "server": {"headers": {"x": "y"}}}],
    )  # fmt: skip


def seven_events(call_id: str, assistant_id: str = "") -> list[dict[str, Any]]:
    """The events of one call, in the order of its life."""
    same: dict[str, Any] = {"call_id": call_id, "assistant_id": assistant_id}
    return [
        status("queued", at=0, **same),
        status("ringing", at=1, **same),
        status("in-progress", at=2, **same),
        transcript("assistant", "Hello, North Clinic.", at=3, **same),
        status("ended", at=218, endedReason="customer-ended-call", **same),
        stub_report(**same),
        report(**same),
    ]
