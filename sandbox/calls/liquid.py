"""The part of Vapi's templates that matters on the phone: `{{ customer.number }}` and its like."""

import re

from sandbox.json_types import JsonObject, JsonValue

VARIABLE = re.compile(r"{{\s*([a-zA-Z_][\w.]*)\s*}}")


def render(template: str, variables: JsonObject) -> str:
    """Replace each known variable by its value and each unknown one by nothing."""
    return VARIABLE.sub(lambda found: _value_text(found.group(1), variables), template)


def _value_text(path: str, variables: JsonObject) -> str:
    value: JsonValue = variables
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return "" if value is None else str(value)
