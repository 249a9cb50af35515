"""From Vapi's messages to a call's columns, so that any order of messages gives the same row.

Each message is reduced to a small set of facts. Facts are merged by rules that do not care about order (earliest,
latest, highest, "a full report beats a stub"), kept on the call as JSON, and the columns are computed from them anew
each time. Nothing here touches the database.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any

from calls.ended_reasons import Family, classify
from calls.handovers import came_to_nothing, handover_columns, read_forwarding, read_transfer_status, taken_by_people
from calls.ingress.messages import ASSISTANT_REQUEST, REPORT, STATUS, Message, as_datetime, as_number, as_seconds
from calls.models import UNKNOWN_CALLER, CallStatus, CallType, Outcome

Facts = dict[str, Any]

_RANK = {status: rank for rank, status in enumerate(CallStatus)}
_RANK[CallStatus.FAILED] = _RANK[CallStatus.COMPLETED]
_STATUS_OF_VAPI = {
    "scheduled": CallStatus.QUEUED,
    "queued": CallStatus.QUEUED,
    "ringing": CallStatus.RINGING,
    "in-progress": CallStatus.IN_PROGRESS,
    "forwarding": CallStatus.FORWARDING,
    "ended": CallStatus.COMPLETED,
}
_STRUCTURED = {
    "call_sentiment": "sentiment_label",
    "call_sentiment_score": "sentiment_score",
    "call_summary": "summary",
    "call_urgency": "urgency",
    "booking_intent": "booking_intent",
    "call_reason": "reason",
}
MOST_EXPENSIVE = 100_000
_LABELS = frozenset({"positive", "neutral", "negative"})


def extract(message: Message) -> Facts:
    """The facts that one message states."""
    facts: Facts = {"party": _party(message)}
    if message.type == STATUS:
        status = _STATUS_OF_VAPI.get(str(message.body.get("status", "")))
        if status is not None:
            facts["statuses"] = {status.value: _iso(message.timestamp)}
        if reason := _words(message.body.get("endedReason")):
            facts["status_ended_reason"] = reason
        if status is CallStatus.FORWARDING:
            facts["transfer"] = read_forwarding(message)
    elif message.type == REPORT:
        facts["stub" if message.is_stub else "report"] = _report(message)
    elif message.type == ASSISTANT_REQUEST:
        facts["statuses"] = {CallStatus.RINGING.value: _iso(message.timestamp)}
        facts["routed"] = _routed(message)
    return facts


def merge(old: Facts, new: Facts) -> Facts:
    """Both sets of facts as one. Commutative, associative and idempotent: a test runs every order."""
    merged: Facts = {
        "party": _merge_party(old.get("party", {}), new.get("party", {})),
        "statuses": _earliest(old.get("statuses", {}), new.get("statuses", {})),
    }
    for name in ("report", "stub", "transfer", "handover", "routed"):
        if chosen := _later(old.get(name), new.get(name)):
            merged[name] = chosen
    if reason := min(filter(None, (old.get("status_ended_reason"), new.get("status_ended_reason"))), default=""):
        merged["status_ended_reason"] = reason
    for name in ("mood", "handover_why"):
        if kept := new.get(name) or old.get(name):
            merged[name] = kept
    if known_as := max(filter(None, (old.get("known_as"), new.get("known_as"))), default=""):
        merged["known_as"] = known_as
    if old.get("booked") or new.get("booked"):
        merged["booked"] = True
    return merged


def project(facts: Facts) -> dict[str, Any]:
    """The columns of the call that these facts make."""
    report = facts.get("report") or facts.get("stub") or {}
    reason = report.get("ended_reason") or facts.get("status_ended_reason", "")
    status = _status(facts, reason)
    started, ended = _span(facts, report, status)
    columns: dict[str, Any] = {
        **_party_columns(facts.get("party", {}), known_as=facts.get("known_as", "")),
        "status": status,
        "ended_reason": reason[:120],
        "started_at": started,
        "ended_at": ended,
        "duration_seconds": _duration(report, started, ended),
        "total_cost": Decimal(str(report["cost"])) if report.get("cost") is not None else None,
        "booking_confirmed": bool(facts.get("booked")),
        "outcome": _outcome(facts, status, reason),
        "outcome_summary": report.get("summary", ""),
        "metadata": {
            "success_evaluation": report.get("success"),
            "reason": report.get("reason", ""),
            "booking_intent": report.get("booking_intent"),
            "transfer_status": report.get("transfer_status", ""),
            **_routed_metadata(facts.get("routed")),
        },
        **handover_columns(facts),
    }
    return {**columns, **_sentiment_columns(report, facts.get("mood") or {})}


def _party(message: Message) -> dict[str, Any]:
    number = _words(message.customer.get("number"))[:40]
    call_sid = _words(_dict(message.call.get("transport")).get("callSid")) or _words(
        message.call.get("phoneCallProviderId")
    )
    return {
        "number": number,
        "name": _words(message.customer.get("name"))[:120],
        "clinic_number": message.called_number,
        "outbound": message.is_outbound,
        "call_sid": call_sid[:80],
    }


def _merge_party(old: Facts, new: Facts) -> Facts:
    """Every message of a call repeats these; where one is empty the other fills in, the alphabet settles a tie."""
    texts = {
        key: max(filter(None, (old.get(key), new.get(key))), default="")
        for key in ("number", "name", "clinic_number", "call_sid")
    }
    return {**texts, "outbound": bool(old.get("outbound") or new.get("outbound"))}


def _party_columns(party: Facts, *, known_as: str = "") -> dict[str, Any]:
    """Who was on the line. Where the carrier gave no name, it is the one that the clinic knows the number by."""
    outbound = bool(party.get("outbound"))
    caller, clinic = party.get("number", ""), party.get("clinic_number", "")
    columns = {
        "call_type": CallType.OUTBOUND if outbound else CallType.INBOUND,
        "phone_number": caller,
        "from_number": clinic if outbound else caller,
        "to_number": caller if outbound else clinic,
        "caller_name": party.get("name") or known_as or UNKNOWN_CALLER,
    }
    if party.get("call_sid"):
        columns["call_sid"] = party["call_sid"]
    return columns


def _report(message: Message) -> Facts:
    body, artifact = message.body, message.artifact
    analysis = _dict(body.get("analysis"))
    outputs = _structured(artifact) or _legacy(analysis)
    return {
        "at": _iso(message.timestamp),
        "started_at": _iso(as_datetime(body.get("startedAt"))),
        "ended_at": _iso(as_datetime(body.get("endedAt"))),
        "ended_reason": _words(body.get("endedReason"))[:120],
        "cost": _cost(body.get("cost")),
        "duration_s": _report_duration(body),
        "summary": _words(outputs.get("summary")) or _words(analysis.get("summary")) or _words(body.get("summary")),
        "success": _words(analysis.get("successEvaluation"))[:40],
        "recording_url": _recording(body, artifact),
        "reason": _words(outputs.get("reason"))[:300],
        "transfer_status": read_transfer_status(artifact),
        "booking_intent": outputs.get("booking_intent") if isinstance(outputs.get("booking_intent"), bool) else None,
        "sentiment": _sentiment(outputs),
    }


def _report_duration(body: Any) -> float | None:
    for key, factor in (("durationSeconds", 1.0), ("durationMs", 0.001), ("durationMinutes", 60.0)):
        number = as_number(body.get(key))
        if number is not None and (seconds := as_seconds(number * factor)) is not None:
            return seconds
    return None


def _cost(value: Any) -> float | None:
    """Dollars, as far as a call can cost them."""
    number = as_number(value)
    return number if number is not None and 0 <= number < MOST_EXPENSIVE else None


def _structured(artifact: Any) -> Facts:
    """Structured outputs are keyed by id; the name inside says which it is (reference vapi, 1.6)."""
    found: Facts = {}
    for output in _dict(artifact.get("structuredOutputs")).values():
        name = _STRUCTURED.get(str(_dict(output).get("name", "")))
        if name is not None and _dict(output).get("result") is not None:
            found[name] = _dict(output)["result"]
    if found:
        found["source"] = "structured_output"
    return found


def _legacy(analysis: Any) -> Facts:
    """The older places of the same facts: `analysis.structuredData`, then `analysis.sentiment*`."""
    data = _dict(analysis.get("structuredData"))
    source = "structured_data" if data.get("sentiment") else "analysis"
    holder = data if data.get("sentiment") else analysis
    if not holder.get("sentiment"):
        return {}
    return {
        "sentiment_label": holder.get("sentiment"),
        "sentiment_score": holder.get("sentimentScore"),
        "sentiment_summary": holder.get("sentimentSummary"),
        "urgency": holder.get("sentimentUrgency"),
        "source": source,
    }


def _sentiment(outputs: Facts) -> Facts:
    label = _words(outputs.get("sentiment_label")).lower()
    if label not in _LABELS:
        return {}
    score = as_number(outputs.get("sentiment_score"))
    return {
        "label": label,
        "score": score if score is not None and 0 <= score <= 1 else None,
        "summary": _words(outputs.get("sentiment_summary")),
        "urgency": _words(outputs.get("urgency")).lower()[:12],
        "source": outputs.get("source", ""),
    }


def _sentiment_columns(report: Facts, mood: Facts) -> dict[str, Any]:
    """As Vapi reports it, else as `calls.sentiment` judged the caller's words."""
    sentiment = report.get("sentiment") or ({**mood, "source": "lexicon"} if mood else {})
    return {
        "sentiment": sentiment.get("label", ""),
        "sentiment_label": sentiment.get("label", ""),
        "sentiment_score": sentiment.get("score"),
        "sentiment_summary": sentiment.get("summary", ""),
        "sentiment_urgency": sentiment.get("urgency", ""),
        "sentiment_source": sentiment.get("source", ""),
    }


def _recording(body: Any, artifact: Any) -> str:
    mono = _dict(_dict(artifact.get("recording")).get("mono"))
    for value in (artifact.get("recordingUrl"), mono.get("combinedUrl"), body.get("recordingUrl")):
        if url := _words(value):
            return url
    return ""


def _routed(message: Message) -> Facts:
    """Who was to take the call, as `calls.routing` decided it while the telephone rang."""
    routed = _dict(message.body.get("routed"))
    return {"at": _iso(message.timestamp), **{name: _words(routed.get(name))[:255] for name in ("why", "to", "agent")}}


def _routed_metadata(routed: Facts | None) -> dict[str, str]:
    return {"routed": routed["why"]} if routed else {}


def _status(facts: Facts, reason: str) -> CallStatus:
    """The furthest that any message says. A report means that the call is over, even when nothing else came."""
    reached = [CallStatus(value) for value in facts.get("statuses", {})]
    if facts.get("report") or facts.get("stub"):
        reached.append(CallStatus.COMPLETED)
    furthest = max(reached, key=_RANK.__getitem__, default=CallStatus.QUEUED)
    if furthest is CallStatus.COMPLETED and classify(reason) is Family.ERROR:
        return CallStatus.FAILED
    return furthest


def _span(facts: Facts, report: Facts, status: CallStatus) -> tuple[datetime | None, datetime | None]:
    statuses = facts.get("statuses", {})
    started = report.get("started_at") or statuses.get(CallStatus.IN_PROGRESS.value)
    ended = report.get("ended_at") or statuses.get(CallStatus.COMPLETED.value)
    if _RANK[status] < _RANK[CallStatus.COMPLETED]:
        ended = None
    return as_datetime(started), as_datetime(ended)


def _duration(report: Facts, started: datetime | None, ended: datetime | None) -> int | None:
    if report.get("duration_s") is not None:
        return round(float(report["duration_s"]))
    if started and ended:
        seconds = as_seconds(max(0.0, (ended - started).total_seconds()))
        return None if seconds is None else round(seconds)
    return None


def _outcome(facts: Facts, status: CallStatus, reason: str) -> str:
    if facts.get("booked"):
        return Outcome.BOOKED
    if _RANK[status] < _RANK[CallStatus.COMPLETED]:
        return ""
    if came_to_nothing(facts, reason):
        return Outcome.NOT_REACHED
    families = {
        Family.ERROR: Outcome.FAILED,
        Family.NO_ANSWER: Outcome.NO_ANSWER,
        Family.VOICEMAIL: Outcome.VOICEMAIL,
        Family.TRANSFER: Outcome.TRANSFERRED,
        Family.NOT_TAKEN: Outcome.NO_ANSWER,
    }
    family = classify(reason)
    if family not in families and taken_by_people(facts):
        return Outcome.TRANSFERRED
    if family is Family.CALLER_ENDED and _hung_up_at_once(facts):
        return Outcome.HUNG_UP
    return families.get(family, Outcome.COMPLETED)


def _hung_up_at_once(facts: Facts) -> bool:
    """The caller left before saying anything that mattered: under 15 seconds on the line."""
    report = facts.get("report") or facts.get("stub") or {}
    started, ended = _span(facts, report, CallStatus.COMPLETED)
    seconds = _duration(report, started, ended)
    return seconds is not None and seconds < 15


def _earliest(old: dict[str, str], new: dict[str, str]) -> dict[str, str]:
    keys = {*old, *new}
    return {key: min(filter(None, (old.get(key), new.get(key))), default="") for key in sorted(keys)}


def _later(old: Facts | None, new: Facts | None) -> Facts | None:
    """The one that was made later; equal times are settled by their content, so that order never decides."""
    candidates = [facts for facts in (old, new) if facts]
    return max(
        candidates, key=lambda facts: (facts.get("at") or "", repr(sorted(facts.items(), key=str))), default=None
    )


def _iso(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


def _words(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
