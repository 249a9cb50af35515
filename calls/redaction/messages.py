"""Vapi's messages without identifiers: what a worker stores of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from calls.ingress.messages import REPORT, STATUS, TRANSCRIPT, Message
from calls.redaction.texts import Discretion

_CALLERS = frozenset({"user", "customer"})
_SPEAKERS = _CALLERS | {"bot", "assistant"}
MAX_LINES = 5000
MAX_DEPTH = 6
# Stands for a transcript that is text alone: nothing reads more of it than that there was one.
_SOMETHING_WAS_SAID = "…"


@dataclass(frozen=True)
class Received:
    """A message of Vapi's.

    Attributes:
        heard: as it came, to be listened to and forgotten.
        message: the same without identifiers; only this may be stored.
    """

    heard: Message
    message: Message
    discretion: Discretion


def receive(heard: Message, discretion: Discretion, *, before: str = "") -> Received:
    """A message and what may be stored of it. May take seconds for hours of talk: call it outside of a transaction."""
    body = dict(heard.body)
    if heard.type == TRANSCRIPT:
        by_caller = body.get("role") in _CALLERS
        _redact_key(body, "transcript", discretion, before=before, by_caller=by_caller)
    elif heard.type == STATUS:
        _redact_key(body, "summary", discretion)
    elif heard.type == REPORT:
        _redact_key(body, "summary", discretion)
        body["analysis"] = redact_values(body.get("analysis"), discretion)
        if heard.artifact:
            body["artifact"] = _artifact(dict(heard.artifact), discretion)
    return Received(heard=heard, message=Message(body), discretion=discretion)


def redact_values(value: Any, discretion: Discretion, *, depth: int = 0) -> Any:
    """Every text in a JSON value, however deep; keys stay."""
    if isinstance(value, str):
        return discretion.redact(value)
    if depth >= MAX_DEPTH:
        return None
    if isinstance(value, dict):
        return {key: redact_values(item, discretion, depth=depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [redact_values(item, discretion, depth=depth + 1) for item in value]
    return value


def _artifact(artifact: dict[str, Any], discretion: Discretion) -> dict[str, Any]:
    if isinstance(artifact.get("messages"), list):
        artifact["messages"] = list(_lines(artifact["messages"], discretion))
    if artifact.get("transcript"):
        artifact["transcript"] = _SOMETHING_WAS_SAID
    if "structuredOutputs" in artifact:
        artifact["structuredOutputs"] = redact_values(artifact["structuredOutputs"], discretion)
    return artifact


def _lines(items: list[Any], discretion: Discretion) -> Iterator[Any]:
    """What was said in turn: each line is heard after the one before it."""
    before, said = "", 0
    for item in items:
        is_said = isinstance(item, dict) and item.get("role") in _SPEAKERS and isinstance(item.get("message"), str)
        if not is_said:
            yield item
        elif said < MAX_LINES:
            said += 1
            before = discretion.redact(item["message"], before=before, by_caller=item["role"] in _CALLERS)
            yield {**item, "message": before}


def _redact_key(
    body: dict[str, Any], name: str, discretion: Discretion, *, before: str = "", by_caller: bool = False
) -> None:
    if isinstance(body.get(name), str):
        body[name] = discretion.redact(body[name], before=before, by_caller=by_caller)
