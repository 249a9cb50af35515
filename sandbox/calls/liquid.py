"""The part of Vapi's templates (LiquidJS) that matters on the phone.

Values with filters, `{{ customer.number }}` or `{{ "now" | date: "%A", "Europe/London" }}`, and plain `if`/`else`.
What is put in for a value is not read as a template again.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sandbox import clock
from sandbox.json_types import JsonObject, JsonValue

TOKEN = re.compile(r"({{-?.*?-?}}|{%-?.*?-?%})", re.DOTALL)
QUOTED = r"\"[^\"]*\"|'[^']*'"
PIPE = re.compile(rf"((?:{QUOTED}|[^|\"'])+)")
ARGUMENT = re.compile(rf"((?:{QUOTED}|[^,\"'])+)")
COMPARISON = re.compile(rf"^(.+?)\s*(==|!=)\s*({QUOTED}|\S+)$")


def render(template: str, variables: JsonObject, *, now: datetime | None = None) -> str:
    """Fill a template in; an unknown variable gives nothing. `now` is what `"now"` means."""
    moment = now or clock.now()
    shown, choices = [], [True]
    for token in TOKEN.split(template):
        if token.startswith("{%"):
            _enter(token.strip("{}%- \t\n"), choices, variables)
        elif all(choices):
            is_output = token.startswith("{{")
            shown.append(_output(token[2:-2].strip("- \t\n"), variables, moment) if is_output else token)
    return "".join(shown)


def built_in(now: datetime) -> JsonObject:
    """Return the variables that every template has; their times are in UTC."""
    moment = now.astimezone(UTC)
    return {
        "now": f"{moment:%b %d, %Y, %I:%M %p} UTC",
        "date": f"{moment:%b %d, %Y} UTC",
        "time": f"{moment:%I:%M %p} UTC",
        "month": f"{moment:%B}",
        "day": f"{moment:%d}",
        "year": f"{moment:%Y}",
    }


def _enter(tag: str, choices: list[bool], variables: JsonObject) -> None:
    """Follow a tag: `choices` says of every `if` around whether its present branch is shown."""
    word, _, condition = tag.partition(" ")
    if word in {"if", "unless"}:
        choices.append(_holds(condition.strip(), variables) == (word == "if"))
    elif word == "else" and len(choices) > 1:
        choices[-1] = not choices[-1]
    elif word in {"endif", "endunless"} and len(choices) > 1:
        choices.pop()


def _holds(condition: str, variables: JsonObject) -> bool:
    if found := COMPARISON.match(condition):
        left, operator, right = found.groups()
        return bool(_value(left, variables) == _value(right, variables)) == (operator == "==")
    return _value(condition, variables) not in {None, False}


def _output(expression: str, variables: JsonObject, now: datetime) -> str:
    first, *filters = [part.strip() for part in PIPE.findall(expression)] or [""]
    value = _value(first, variables)
    for each in filters:
        name, _, given = each.partition(":")
        arguments = [_value(part.strip(), variables) for part in ARGUMENT.findall(given)]
        value = _filtered(name.strip(), value, arguments, now)
    return _text(value)


def _value(expression: str, variables: JsonObject) -> JsonValue:
    if expression[:1] in {'"', "'"}:
        return expression[1:-1]
    if expression in {"true", "false"}:
        return expression == "true"
    if re.fullmatch(r"-?\d+", expression):
        return int(expression)
    value: JsonValue = variables
    for name in expression.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


FILTERS: dict[str, Callable[[str], str]] = {
    "upcase": str.upper,
    "downcase": str.lower,
    "capitalize": str.capitalize,
    "strip": str.strip,
}


def _filtered(name: str, value: JsonValue, arguments: list[JsonValue], now: datetime) -> JsonValue:
    if name == "default":
        return value if value not in {None, False, ""} else (arguments or [""])[0]
    if name == "date":
        return _date(value, [str(item) for item in arguments], now)
    return FILTERS[name](_text(value)) if name in FILTERS else value


def _date(value: JsonValue, arguments: list[str], now: datetime) -> str:
    pattern, zone = [*arguments, "", ""][:2]
    try:
        moment = now if value in {"now", "today"} else datetime.fromisoformat(_text(value))
        return moment.astimezone(ZoneInfo(zone or "UTC")).strftime(pattern)
    except (ValueError, ZoneInfoNotFoundError):
        return _text(value)


def _text(value: JsonValue) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "".join(_text(item) for item in value)
    return "[object Object]" if isinstance(value, dict) else str(value)
