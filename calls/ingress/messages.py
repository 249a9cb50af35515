"""Reading Vapi's messages without trusting their shape.

Vapi documents three forms of a tool call and sends a fourth; ids move between places; numbers come as strings. Facts:
reference vapi, sections 1.1–1.6.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

REPORT = "end-of-call-report"
STATUS = "status-update"
TRANSCRIPT = "transcript"
TOOL_CALLS = "tool-calls"
TRANSFER_REQUEST = "transfer-destination-request"
ASSISTANT_REQUEST = "assistant-request"
REPORTS = frozenset({REPORT, STATUS, TRANSCRIPT})
ANSWERS = frozenset({TOOL_CALLS, ASSISTANT_REQUEST, TRANSFER_REQUEST})
HANDLED = REPORTS | ANSWERS

# Taken out before a message is stored: prompts, control addresses and credentials that Vapi repeats in every message.
_STRIPPED_KEYS = frozenset(
    {
        "assistant", "monitor", "controlUrl", "listenUrl", "twilioAuthToken", "twilioApiSecret", "secret", "callToken",
        "headers", "authorization", "presignedMonoUrl", "presignedStereoUrl", "presignedUrlsExpiresAt", "logUrl",
        "pcapUrl", "server", "credentials", "toolWithToolCallList",
        "messagesOpenAIFormatted", "assistantOverrides", "variableValues",
    }
)  # fmt: skip
_MAX_ID = 64
_CENTURY = range(2000, 2100)
# Far beyond any call, and within what the columns hold in milliseconds.
LONGEST_CALL_S = 7 * 86_400


@dataclass(frozen=True)
class ToolCall:
    """One question of the assistant: which tool and arguments. `problem` says why arguments could not be read."""

    id: str
    name: str
    arguments: dict[str, Any]
    problem: str = ""


@dataclass(frozen=True)
class Message:
    """One message of Vapi's, with the places where ids and facts may stand looked through."""

    body: Mapping[str, Any]

    @property
    def type(self) -> str:
        """`transcript[transcriptType="final"]` counts as `transcript`."""
        return _text(self.body.get("type")).split("[", 1)[0]

    @property
    def call(self) -> Mapping[str, Any]:
        return _mapping(self.body.get("call"))

    @property
    def call_id(self) -> str:
        return _text(self.call.get("id"))[:_MAX_ID]

    @property
    def assistant_id(self) -> str:
        return (
            _text(self.call.get("assistantId"))
            or _text(self.body.get("assistantId"))
            or _text(_mapping(self.body.get("assistant")).get("id"))
        )[:_MAX_ID]

    @property
    def called_number(self) -> str:
        phone = _mapping(self.body.get("phoneNumber")) or _mapping(self.call.get("phoneNumber"))
        return _text(phone.get("number"))[:40]

    @property
    def phone_number_id(self) -> str:
        phone = _mapping(self.body.get("phoneNumber"))
        return (_text(self.call.get("phoneNumberId")) or _text(phone.get("id")))[:_MAX_ID]

    @property
    def forwarded_from(self) -> str:
        """The line that passed the call on to the called number, where the carrier says so."""
        return _text(_mapping(self.call.get("transport")).get("forwardedFrom"))[:40]

    @property
    def claimed_org_id(self) -> UUID | None:
        """The organisation that the call's metadata names: believed only with that organisation's own secret."""
        return as_uuid(self._told_at_start("org_id"))

    @property
    def outbound_call_id(self) -> UUID | None:
        """Which wish of ours (`calls.outbound`) this call fulfils, by what we told Vapi when we asked for it."""
        return as_uuid(self._told_at_start("outbound_call_id")) if self.is_outbound else None

    def _told_at_start(self, name: str) -> Any:
        """From the metadata that a call was placed with: Vapi repeats it in one of two places."""
        overrides = _mapping(_mapping(self.call.get("assistantOverrides")).get("metadata"))
        return _mapping(self.call.get("metadata")).get(name) or overrides.get(name)

    @property
    def customer(self) -> Mapping[str, Any]:
        return _mapping(self.call.get("customer")) or _mapping(self.body.get("customer"))

    @property
    def control_url(self) -> str:
        """Where the live call can be steered. Secret: never stored, never logged."""
        return _text(_mapping(self.call.get("monitor")).get("controlUrl"))[:2000]

    @property
    def is_outbound(self) -> bool:
        return _text(self.call.get("type")).startswith("outbound")

    @property
    def timestamp(self) -> datetime | None:
        """When Vapi made the message: epoch milliseconds today, an ISO string in older captures."""
        return as_datetime(self.body.get("timestamp"))

    @property
    def artifact(self) -> Mapping[str, Any]:
        return _mapping(self.body.get("artifact"))

    @property
    def is_stub(self) -> bool:
        """Reports of calls that never connected carry an empty artifact and must not displace a real one."""
        return self.type == REPORT and not self.artifact.get("messages") and not self.artifact.get("transcript")

    @property
    def is_found(self) -> bool:
        """We asked Vapi what became of the call, and made this report of the answer (`calls.reconciling`)."""
        return self.body.get("found") is True

    @property
    def dedupe_key(self) -> str:
        """What makes two deliveries the same message. Vapi sends no delivery id (reference vapi, 2.4)."""
        call, kind = self.call_id, self.type
        stamp = self.timestamp.isoformat() if self.timestamp else ""
        if kind == ASSISTANT_REQUEST:
            return f"{call}|{kind}"
        if kind == REPORT:
            return f"{call}|{kind}|{'stub' if self.is_stub else 'full'}{'|found' if self.is_found else ''}"
        if kind == STATUS:
            return f"{call}|{kind}|{_text(self.body.get('status'))[:20]}|{stamp}"
        if kind == TOOL_CALLS:
            ids = ",".join(sorted(tool.id for tool in self.tool_calls))
            return f"{call}|{kind}|{_short_hash(ids)}"
        spoken = f"{_text(self.body.get('role'))}|{_text(self.body.get('transcript'))}"
        return f"{call}|{kind}|{stamp}|{_short_hash(spoken)}"

    @property
    def tool_calls(self) -> list[ToolCall]:
        """Every tool call once, whichever of Vapi's lists it stands in."""
        listed = [
            *_dicts(self.body.get("toolCallList")),
            *_dicts(self.body.get("toolCalls")),
            *(_mapping(item.get("toolCall")) for item in _dicts(self.body.get("toolWithToolCallList"))),
        ]
        found: dict[str, ToolCall] = {}
        for item in listed:
            tool = _read_tool_call(item)
            found.setdefault(tool.id, tool)
        return list(found.values())

    def stripped(self) -> dict[str, Any]:
        """The message without prompts, control addresses, presigned links and credentials: what may be stored."""
        return _strip(self.body)  # type: ignore[no-any-return]


def parse_message(raw: bytes) -> Message | None:
    """The message in a request body, or None when it is not JSON: `{"message": {…}}` or the bare inner object."""
    try:
        body = json.loads(raw)
    except (ValueError, UnicodeDecodeError, RecursionError):
        return None
    if not isinstance(body, dict):
        return None
    if b"\\u" in raw:  # escapes may hide a NUL or half a surrogate pair, which PostgreSQL and UTF-8 refuse
        body = _storable(body)
    inner = body.get("message", body)
    return Message(inner) if isinstance(inner, dict) else None


def _read_tool_call(item: Mapping[str, Any]) -> ToolCall:
    function = _mapping(item.get("function"))
    name = _text(function.get("name")) or _text(item.get("name"))
    raw: Any = None
    for source, key in ((function, "arguments"), (item, "arguments"), (function, "parameters"), (item, "parameters")):
        if source.get(key) is not None:
            raw = source[key]
            break
    arguments, problem = read_arguments(raw)
    return ToolCall(
        id=(_text(item.get("id")) or _text(item.get("toolCallId")))[:120],
        name=name[:64],
        arguments=arguments,
        problem=problem,
    )


def read_arguments(raw: Any) -> tuple[dict[str, Any], str]:
    """Arguments as a dict, from an object, a JSON string or nothing; and what was wrong, in words for the model."""
    if raw is None or raw == "":
        return {}, ""
    if isinstance(raw, str):
        try:
            raw = json.loads(raw)
        except (ValueError, RecursionError):
            return {}, "The arguments were not valid JSON. Call the tool again with a JSON object."
    if not isinstance(raw, dict):
        return {}, "The arguments must be a JSON object. Call the tool again with named arguments."
    return raw, ""


def as_datetime(value: Any) -> datetime | None:
    """An aware datetime from epoch milliseconds (or seconds) or an ISO string; None for anything else.

    What lies centuries away is no time at which anybody called.
    """
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, str) and value.replace(".", "", 1).isdigit():
        value = float(value)
    try:
        if isinstance(value, int | float):
            return datetime.fromtimestamp(value / 1000 if value > 1e11 else value, tz=UTC)
        moment = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    except (ValueError, OverflowError, OSError):
        return None
    if moment.year not in _CENTURY:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def as_seconds(value: Any) -> float | None:
    """A length of time within a call, from 0 to a week; None for anything else."""
    number = as_number(value)
    return number if number is not None and 0 <= number <= LONGEST_CALL_S else None


def as_number(value: Any) -> float | None:
    """A finite number from a number or a numeric string; None for anything else."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if number == number and abs(number) < 1e12 else None  # noqa: PLR0124 - NaN is not equal to itself


def as_uuid(value: Any) -> UUID | None:
    """A UUID from text; None for anything else."""
    try:
        return UUID(str(value)) if value else None
    except ValueError:
        return None


def _strip(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _strip(item) for key, item in value.items() if key not in _STRIPPED_KEYS}
    if isinstance(value, list):
        return [_strip(item) for item in value if not (isinstance(item, dict) and item.get("role") == "system")]
    return value


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_storable(key): _storable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_storable(item) for item in value]
    return value


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _dicts(value: Any) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _text(value: Any) -> str:
    """Trimmed text; numbers become text, anything else is nothing."""
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _short_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
