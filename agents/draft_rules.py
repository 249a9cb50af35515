"""What each setting of an agent may be. Form and API both go through here: the same refusal in the same words."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import phonenumbers

from agents.models import MAX_DURATION_S, MIN_DURATION_S, ClosedBehaviour
from agents.prompting.languages import LANGUAGES
from agents.tool_registry import all_tools
from agents.versions import CONFIG_FIELDS, Config
from agents.voices import PROVIDERS
from orgs.models import E164_PATTERN
from voxanne.errors import BadInput

MAX_NAME = 40
MAX_GREETING = 600
MAX_PROMPT = 20_000
DEPARTMENTS = ("general", "billing", "medical")
_SIP = re.compile(r"sips?:[A-Za-z0-9._~!$&'()*+,;=%-]+@[A-Za-z0-9.-]+(:\d{1,5})?(;[A-Za-z0-9=._-]+)*")
_MAX_SIP = 255
_NUMBER_HELP = "Write the number with + and its country code, or a SIP address such as sip:desk@example.org."


class _Wrong(Exception):
    """Why a value cannot stand, in words for its field."""


def clean_changes(changes: Mapping[str, Any]) -> Config:
    """The given settings in the form in which they are stored.

    Raises:
        BadInput: `fields` names each setting that cannot be, and why.
    """
    cleaned, wrong = {}, {}
    for name, value in changes.items():
        rule = _RULES.get(name)
        try:
            if rule is None:
                raise _Wrong("There is no such setting.")
            cleaned[name] = rule(value)
        except _Wrong as why:
            wrong[str(name)[:60]] = [str(why)]
    if wrong:
        raise BadInput(fields=wrong)
    return cleaned


def require_consistent(config: Config) -> None:
    """Look at settings that depend on each other.

    Raises:
        BadInput: `fields` names the one to change.
    """
    wrong = {}
    form = PROVIDERS.get(config["voice_provider"])
    if form is None or not form.fullmatch(config["voice_id"]):
        wrong["voice_id"] = [f"This is not how {config['voice_provider']} writes a voice's id."]
    if config["closed_behaviour"] != ClosedBehaviour.ANSWER and not config["after_hours_message"]:
        wrong["after_hours_message"] = ["Write what callers hear while the clinic is closed."]
    if wrong:
        raise BadInput(fields=wrong)


def _text(longest: int, *, required: bool = False, one_line: bool = False) -> Callable[[Any], str]:
    def check(value: Any) -> str:
        if not isinstance(value, str):
            raise _Wrong("This must be text.")
        text = value.replace("\r\n", "\n").strip()
        if "\x00" in text or not _is_encodable(text):
            raise _Wrong("This has characters that cannot be stored.")
        if one_line and not text.isprintable():
            raise _Wrong("Write this on one line.")
        if required and not text:
            raise _Wrong("Fill this in.")
        if len(text) > longest:
            raise _Wrong(f"Too long by {len(text) - longest:,} characters: {longest:,} is the limit.")
        return text

    return check


def _is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _one_of(known: Mapping[str, Any] | list[str], what: str) -> Callable[[Any], str]:
    def check(value: Any) -> str:
        if not isinstance(value, str) or value not in known:
            raise _Wrong(f"Choose {what} from: {', '.join(known)}.")
        return value

    return check


def _duration(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not MIN_DURATION_S <= value <= MAX_DURATION_S:
        raise _Wrong(f"Give whole seconds from {MIN_DURATION_S} to {MAX_DURATION_S:,}.")
    return value


def _tools(value: Any) -> list[str] | None:
    if value is None:
        return None
    known = [tool.name for tool in all_tools()]
    if not isinstance(value, list):
        raise _Wrong("Give a list of tools, or nothing for all of them.")
    if unknown := [str(name)[:64] for name in value if name not in known]:
        raise _Wrong(f"There is no tool {', '.join(unknown)}. There are: {', '.join(known)}.")
    return [name for name in known if name in value]


def _transfers(value: Any) -> Config:
    """`{"default": "+44…", "departments": {"billing": "sip:…"}}`; what is empty falls away and is the clinic's own."""
    if not isinstance(value, dict) or not isinstance(value.get("departments", {}), dict):
        raise _Wrong("Give an object with `default` and `departments`.")
    departments = value.get("departments", {})
    if unknown := sorted({*value} - {"default", "departments"} | {*departments} - {*DEPARTMENTS}, key=str):
        raise _Wrong(f"There is no {', '.join(map(str, unknown))}. There are: default, {', '.join(DEPARTMENTS)}.")
    default = _destination("default", value.get("default"))
    named = {name: number for name in DEPARTMENTS if (number := _destination(name, departments.get(name)))}
    return {**({"default": default} if default else {}), **({"departments": named} if named else {})}


def _destination(name: str, value: Any) -> str:
    if value in (None, ""):
        return ""
    if isinstance(value, str):
        written = value.strip()
        compact = re.sub(r"[\s()./-]", "", written)
        if _can_be_dialled(compact):
            return compact
        if len(written) <= _MAX_SIP and _SIP.fullmatch(written):
            return written
    raise _Wrong(f"{name.capitalize()}: {_NUMBER_HELP}")


def _can_be_dialled(number: str) -> bool:
    """Whether it is E.164 and as long as its country's numbers are."""
    if not re.fullmatch(E164_PATTERN, number):
        return False
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return False


_RULES: dict[str, Callable[[Any], Any]] = {
    "name": _text(MAX_NAME, required=True, one_line=True),
    "voice_provider": _one_of(PROVIDERS, "a provider"),
    "voice_id": _text(80, required=True, one_line=True),
    "language": _one_of(LANGUAGES, "a language"),
    "first_message": _text(MAX_GREETING),
    "system_prompt": _text(MAX_PROMPT),
    "tools_enabled": _tools,
    "transfer_settings": _transfers,
    "closed_behaviour": _one_of(ClosedBehaviour.values, "a behaviour"),
    "after_hours_message": _text(MAX_GREETING),
    "max_duration_seconds": _duration,
}
assert set(_RULES) == set(CONFIG_FIELDS), "every versioned setting has its rule"
