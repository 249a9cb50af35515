"""The end-of-call report, and the same facts as GET /call gives them afterwards."""

from sandbox import clock
from sandbox.calls import envelope
from sandbox.calls.costs import breakdown_of, costs_of, total_of
from sandbox.calls.outcome import Outcome, structured_outputs
from sandbox.calls.record import CallRecord
from sandbox.json_types import JsonObject, as_object
from sandbox.resources import Resources

PRESIGNED_VALID_MS = 1_800_000


def report_message(call: CallRecord, outcome: Outcome, resources: Resources) -> JsonObject:
    """Return the end-of-call report. A call that never connected gets the stub that Vapi sends for it."""
    if call.started_ms is None:
        return envelope.message(call, "end-of-call-report", endedReason=call.ended_reason, cost=0, costs=[],
                                analysis={}, artifact={}, **_destination(call))  # fmt: skip
    facts = _facts(call, outcome, resources)
    artifact = facts["artifact"]
    return envelope.message(
        call,
        "end-of-call-report",
        **facts,
        durationMs=call.duration_ms,
        durationSeconds=round(call.duration_ms / 1000, 3),
        durationMinutes=round(call.duration_ms / 60_000, 4),
        summary=facts["analysis"].get("summary", ""),
        transcript=artifact["transcript"],
        messages=artifact["messages"],
        recordingUrl=artifact.get("recordingUrl"),
        stereoRecordingUrl=artifact.get("stereoRecordingUrl"),
    )


def finished_call(call: CallRecord, outcome: Outcome, resources: Resources) -> JsonObject:
    """Return the call as GET /call shows it once it is over: no duration, but everything else."""
    described = envelope.call_object(call)
    if call.started_ms is None:
        return {**described, **_destination(call), "artifact": {}, "analysis": {}, "cost": 0, "costs": []}
    return {**described, **_facts(call, outcome, resources), "messages": list(call.messages)}


def _facts(call: CallRecord, outcome: Outcome, resources: Resources) -> JsonObject:
    costs = costs_of(call)
    return {
        "startedAt": clock.iso_from_ms(call.started_ms or call.created_ms),
        "endedAt": clock.iso_from_ms(call.ended_ms or call.timeline.now_ms()),
        "endedReason": call.ended_reason,
        **_destination(call),
        "cost": total_of(costs),
        "costs": costs,
        "costBreakdown": breakdown_of(costs),
        "analysis": _analysis(call, outcome),
        "artifact": _artifact(call, outcome, resources),
        "compliance": {},
    }


def _destination(call: CallRecord) -> JsonObject:
    """Return where the call was put through to, if it was."""
    return {"destination": call.forwarded_to} if call.forwarded_to else {}


def _analysis(call: CallRecord, outcome: Outcome) -> JsonObject:
    plan = as_object(as_object(call.assistant.get("analysisPlan")).get("summaryPlan"))
    if plan.get("enabled") is False:
        return {}
    return {"summary": outcome.summary, "successEvaluation": str(outcome.successful).lower()}


def _artifact(call: CallRecord, outcome: Outcome, resources: Resources) -> JsonObject:
    plan = as_object(call.assistant.get("artifactPlan"))
    results, skipped = structured_outputs(outcome, plan.get("structuredOutputIds") or [], resources)
    return {
        **envelope.live_artifact(call),
        "structuredOutputs": results,
        "skippedStructuredOutputs": skipped,
        "transfers": call.transfers,
        "performanceMetrics": {"turnLatencyAverage": 910, "numUserInterrupted": 0},
        **(_recording(call) if plan.get("recordingEnabled", True) else {}),
    }


def _recording(call: CallRecord) -> JsonObject:
    """Return the recording's private identifiers and the links that open it for half an hour."""
    mono, stereo = (f"{call.base_url}/vapi/storage/{call.id}-{kind}.wav" for kind in ("mono", "stereo"))
    expires_ms = clock.epoch_ms() + PRESIGNED_VALID_MS
    signature = f"?X-Amz-Expires=1800&expires={expires_ms}"
    return {
        "recordingUrl": mono,
        "stereoRecordingUrl": stereo,
        "recording": {"stereoUrl": stereo, "mono": {"combinedUrl": mono, "assistantUrl": mono, "customerUrl": mono}},
        "presignedMonoUrl": mono + signature,
        "presignedStereoUrl": stereo + signature,
        "presignedUrlsExpiresAt": clock.iso_from_ms(expires_ms),
    }
