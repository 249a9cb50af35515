"""The JSON that passes through: provider payloads are open-ended by nature."""

import json
from typing import Any, TypeAlias

JsonValue: TypeAlias = Any
JsonObject: TypeAlias = dict[str, JsonValue]


def dumps(value: JsonValue) -> str:
    """Encode compactly, the way the providers put it on the wire."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def parse_object(raw: bytes | str) -> JsonObject | None:
    """Decode a JSON object; None for anything else."""
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def as_object(value: JsonValue) -> JsonObject:
    """Return the value when it is an object, else an empty one: for walking payloads."""
    return value if isinstance(value, dict) else {}
