"""Taking identifiers out of what is in the database already: tool calls once a call has ended, and old calls whole."""

import re
from typing import Any

from calls.facts import Facts
from calls.ingress.recording import set_facts
from calls.models import Call, ToolInvocation, TranscriptLine
from calls.redaction.texts import Discretion
from voxanne.saving import saved_once

TRANSFER_TOOL = "transferCall"
# What our own code reads again, and what names a thing of ours: times, ids and codes, never words of a caller.
_OURS = re.compile(r"(?:id|code|reference|start|end|date|time|number_of_days|slots?)$|Id$|Date$|^name$|^redFlag$")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|_")
MAX_DEPTH = 6


def redact_tool_calls(call: Call, discretion: Discretion) -> bool:
    """What an ended call's tools were asked and answered, and why it was put through; whether anything had to go.

    The call's own columns are set; whoever holds it stores them.
    """
    reason = ""
    changed = []
    for deed in ToolInvocation.objects.filter(call=call).order_by("created_at", "id"):
        arguments, answer = _redact(deed.arguments, discretion), _redact(deed.answer, discretion)
        if (arguments, answer) != (deed.arguments, deed.answer):
            deed.arguments, deed.answer = arguments, answer
            changed.append(deed)
        if deed.tool_name == TRANSFER_TOOL and isinstance(arguments.get("summary"), str):
            reason = " ".join(arguments["summary"].split()) or reason
    ToolInvocation.objects.bulk_update(changed, ["arguments", "answer"])
    if call.facts.get("handover") and reason != call.facts.get("handover_why", ""):
        set_facts(call, {**call.facts, "handover_why": reason})
    return bool(changed)


def redact_call(call: Call, discretion: Discretion) -> bool:
    """Everything that is kept of an ended call; whether anything was taken out. The call is locked by the caller."""
    lines = list(TranscriptLine.objects.filter(call=call).order_by("is_final", "ordinal"))
    told = discretion.redact_lines((line.text, line.role == "caller") for line in lines)
    changed = [line for line, text in zip(lines, told, strict=True) if line.text != text]
    for line, text in zip(lines, told, strict=True):
        line.text = text
    TranscriptLine.objects.bulk_update(changed, ["text"])
    facts = redact_facts(call.facts, discretion)
    is_changed = bool(changed) or facts != call.facts
    with saved_once(call):
        if facts != call.facts:
            set_facts(call, facts)
        return redact_tool_calls(call, discretion) or is_changed


def redact_facts(facts: Facts, discretion: Discretion) -> Facts:
    """A call's facts; the same object where nothing had to go."""
    told = dict(facts)
    for name in ("report", "stub"):
        if report := facts.get(name):
            told[name] = _redact_keys(report, ("summary", "reason"), discretion)
            if mood := report.get("sentiment"):
                told[name] = {**told[name], "sentiment": _redact_keys(mood, ("summary",), discretion)}
    if facts.get("transfer"):
        told["transfer"] = _redact_keys(facts["transfer"], ("why",), discretion)
    return facts if told == facts else told


def _redact_keys(facts: Facts, names: tuple[str, ...], discretion: Discretion) -> Facts:
    return {**facts, **{name: discretion.redact(facts[name]) for name in names if isinstance(facts.get(name), str)}}


def _redact(value: Any, discretion: Discretion, *, key: str = "", depth: int = 0) -> Any:
    """A JSON value; a text is heard as the answer to its key, as in `dateOfBirth`."""
    if isinstance(value, str):
        is_ours = bool(_OURS.search(key)) and "irth" not in key
        return value if is_ours else discretion.redact(value, before=" ".join(_CAMEL.split(key)))
    if depth >= MAX_DEPTH:
        return value
    if isinstance(value, dict):
        return {name: _redact(item, discretion, key=str(name), depth=depth + 1) for name, item in value.items()}
    if isinstance(value, list):
        return [_redact(item, discretion, key=key, depth=depth + 1) for item in value]
    return value
