"""Vapi's own record of a call (`GET /call/{id}`) as the messages that it would have sent. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from calls.ingress.messages import REPORT, STATUS, Message, as_datetime
from voxanne.clock import now

# Analysis and structured outputs follow a call's end; what is read too early lacks them.
POST_PROCESSING = timedelta(minutes=5)
GONE = "call-deleted"
_OF_THE_CALL = frozenset(
    {
        "id", "type", "status", "assistantId", "assistantOverrides", "phoneNumberId", "customer", "metadata",
        "transport", "phoneCallProviderId",
    }
)  # fmt: skip
_OF_THE_REPORT = ("endedReason", "startedAt", "endedAt", "cost", "costs", "analysis", "destination")

Entry = Mapping[str, Any]


def has_ended(entry: Entry) -> bool:
    """Whether nobody is on the line any more."""
    return entry.get("status") == "ended" or bool(entry.get("endedAt"))


def is_settled(entry: Entry) -> bool:
    """Whether Vapi has ended the call and had the time to think about it."""
    ended_at = as_datetime(entry.get("endedAt")) or as_datetime(entry.get("updatedAt"))
    return has_ended(entry) and (ended_at is None or ended_at + POST_PROCESSING <= now())


def report_of(entry: Entry, *, clinic_number: str = "") -> Message:
    """The report of a call that has ended. Its time is the call's end, so that Vapi's own report is the later one."""
    artifact = _mapping(entry.get("artifact"))
    if not artifact.get("messages") and isinstance(entry.get("messages"), list):
        artifact = {**artifact, "messages": entry["messages"]}
    ended_at = as_datetime(entry.get("endedAt")) or as_datetime(entry.get("updatedAt"))
    told = {name: entry[name] for name in _OF_THE_REPORT if entry.get(name) is not None}
    return _message(entry, REPORT, at=ended_at, clinic_number=clinic_number, artifact=artifact, **told)


def status_of(entry: Entry, *, clinic_number: str = "") -> Message:
    """How far a call has come, where Vapi has no more to tell yet."""
    began, ended = as_datetime(entry.get("startedAt")), as_datetime(entry.get("endedAt"))
    value = "ended" if has_ended(entry) else str(entry.get("status") or "queued")
    at = {"ended": ended, "in-progress": began}.get(value) or as_datetime(entry.get("updatedAt"))
    told = {"endedReason": entry["endedReason"]} if isinstance(entry.get("endedReason"), str) else {}
    return _message(entry, STATUS, at=at, clinic_number=clinic_number, status=value, **told)


def gone_report(*, vapi_call_id: str, last_heard: datetime, is_outbound: bool) -> Message:
    """The end of a call that Vapi has no record of any more: it ended when it was last heard of."""
    moment = last_heard.isoformat()
    call = {"id": vapi_call_id, "type": "outboundPhoneCall" if is_outbound else "inboundPhoneCall"}
    return Message(
        {"type": REPORT, "found": True, "timestamp": moment, "endedAt": moment, "endedReason": GONE, "artifact": {},
         "call": call}
    )  # fmt: skip


def _message(entry: Entry, kind: str, *, at: datetime | None, clinic_number: str, **told: Any) -> Message:
    phone = {**_mapping(entry.get("phoneNumber"))}
    number = clinic_number or str(phone.get("number") or "")
    body = {
        "type": kind,
        "found": True,
        "timestamp": at.isoformat() if at else None,
        "call": {name: value for name, value in entry.items() if name in _OF_THE_CALL},
        "customer": _mapping(entry.get("customer")),
        "phoneNumber": {"id": entry.get("phoneNumberId"), **({"number": number} if number else {})},
        **told,
    }
    return Message(body)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
