"""Calls as the ingress would leave them."""

import hashlib
from datetime import datetime, timedelta
from typing import Any

from calls.models import Call, CallStatus, ToolInvocation, TranscriptLine
from calls.recordings.audio import wav_seconds
from calls.recordings.files import write_file
from calls.recordings.models import Recording, RecordingState
from calls.recordings.records import follow
from orgs.models import Organization
from voxanne.clock import now
from voxanne.ids import uuid7


def make_call(org: Organization, *, created_at: datetime | None = None, **fields: Any) -> Call:
    """A finished call of 200 seconds, unless told otherwise. Inside org_tx."""
    vapi_call_id = str(uuid7())
    values: dict[str, Any] = {
        "vapi_call_id": vapi_call_id,
        "call_sid": f"vapi-{vapi_call_id}",
        "status": CallStatus.COMPLETED,
        "caller_name": "Ana Reyes",
        "phone_number": "+447700900123",
        "started_at": now() - timedelta(minutes=5),
        "duration_seconds": 200,
        "ended_reason": "customer-ended-call",
        **fields,
    }
    call = Call.objects.create(org=org, **values)
    if created_at is not None:
        Call.objects.filter(pk=call.pk).update(created_at=created_at)
        call.created_at = created_at
    return call


def add_line(call: Call, text: str, *, role: str = "caller", ordinal: int = 0) -> TranscriptLine:
    return TranscriptLine.objects.create(
        org_id=call.org_id,
        call=call,
        role=role,
        text=text,
        ordinal=ordinal,
        start_offset_ms=ordinal * 1000,
        is_final=True,
    )


def add_tool_call(call: Call, name: str = "checkAvailability", **fields: Any) -> ToolInvocation:
    values: dict[str, Any] = {
        "tool_call_id": str(uuid7()),
        "tool_name": name,
        "arguments": {"date": "2026-11-24"},
        "answer": {"speech": "I have Tuesday at 9 am.", "content": {}},
        "succeeded": True,
        "duration_ms": 12.5,
        "start_offset_ms": 1500,
        **fields,
    }
    return ToolInvocation.objects.create(org_id=call.org_id, call=call, vapi_call_id=call.vapi_call_id, **values)


def make_recording(call: Call, sound: bytes) -> Recording:
    """A call's recording, with its sound (a WAV file) in storage. Inside org_tx."""
    recording = Recording(org_id=call.org_id, call=call, recorded_at=call.ended_at or now())
    recording.storage_name = f"{call.org_id}/{recording.pk}"
    recording.key_sealed = write_file(recording, recording.storage_name, [sound])
    recording.state, recording.fetched_at = RecordingState.COMPLETED, now()
    recording.content_type, recording.size_bytes = "audio/wav", len(sound)
    recording.seconds = wav_seconds(sound[:4096], size=len(sound))
    recording.sha256 = hashlib.sha256(sound).hexdigest()
    recording.save()
    follow(recording)
    return recording
