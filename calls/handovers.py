"""Facts about putting a caller through to people: who asked for it, where to, and whether anybody answered.

A part of `calls.facts`: nothing here touches the database, and no order of messages changes the result.
"""

from collections.abc import Mapping
from typing import Any

from calls.ended_reasons import Family, classify
from calls.ingress.messages import Message, as_datetime

Facts = dict[str, Any]

# Vapi's words for `artifact.transfers[].status`; the set is open, and what is not listed here did not connect.
_CONNECTED = frozenset({"connected", "completed", "success", "succeeded", "answered"})
_UNDECIDED = frozenset({"", "initiated", "started", "pending", "ringing", "in-progress", "transferring"})


def read_forwarding(message: Message) -> Facts:
    """Where Vapi says it is putting the call through to."""
    destination = _dict(message.body.get("destination"))
    return {
        "at": message.timestamp.isoformat() if message.timestamp else "",
        "to": (_words(destination.get("number")) or _words(destination.get("sipUri")))[:255],
        "why": _words(message.body.get("summary")),
    }


def read_transfer_status(artifact: Mapping[str, Any]) -> str:
    """How the last attempt to put the call through went, in Vapi's word; "" when there was none."""
    transfers = artifact.get("transfers")
    last = _dict(transfers[-1]) if isinstance(transfers, list) and transfers else {}
    return _words(last.get("status"))[:40]


def taken_by_people(facts: Facts) -> Facts | None:
    """A call that went to people without an agent having answered."""
    routed = facts.get("routed") or {}
    return {"at": routed["at"], "to": routed["to"]} if routed.get("to") else None


def handover_columns(facts: Facts) -> dict[str, Any]:
    """What Vapi says of putting the call through, and what the tool that asked for it knows beside that.

    Why is known once the call has ended: until then the reason stands in the tool's question alone.
    """
    said, asked = facts.get("transfer") or taken_by_people(facts) or {}, facts.get("handover") or {}
    return {
        "transfer_to": said.get("to") or asked.get("to", ""),
        "transfer_time": as_datetime(said.get("at") or asked.get("at")),
        "transfer_reason": facts.get("handover_why") or said.get("why", ""),
    }


def came_to_nothing(facts: Facts, ended_reason: str) -> bool:
    """Whether a caller was to be put through and reached nobody; known once the report is in.

    That the call was forwarded is no proof that anybody answered (reference vapi, pitfall 17).
    """
    report = facts.get("report") or facts.get("stub")
    if not report:
        return False
    status = str(report.get("transfer_status", "")).lower()
    if status in _CONNECTED:
        return False
    if status not in _UNDECIDED or _ended_on_the_way(ended_reason):
        return True
    was_tried = status or facts.get("transfer") or classify(ended_reason) is Family.TRANSFER
    return bool(facts.get("handover") and facts.get("report") and not was_tried)


def _ended_on_the_way(ended_reason: str) -> bool:
    """Nobody took it, it broke, or the caller did not wait."""
    reason = ended_reason.lower()
    gave_up = reason.startswith("customer-ended-call") and "transfer" in reason
    return gave_up or classify(reason) is Family.TRANSFER_FAILED


def _words(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
