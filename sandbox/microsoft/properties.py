"""Extended properties: kept with an event, shown only to who expands them, and what a list can be narrowed by."""

import re
from typing import Any

from starlette.requests import Request

from sandbox.calendars.store import Entry
from sandbox.json_types import JsonObject
from sandbox.microsoft.access import bad_request

FIELD = "singleValueExtendedProperties"
_KIND = "(?:String|Integer|Boolean|SystemTime)"
_SET = r"\{[0-9a-fA-F-]{36}\}"
_ID = rf"{_KIND} (?:{_SET} (?:Name [^\s']+|Id 0x[0-9a-fA-F]+)|0x[0-9a-fA-F]+)"
_NAMED = re.compile(_ID)
_ALL_OF = re.compile(rf"{FIELD}\(\$filter=(id eq '{_ID}'(?: or id eq '{_ID}')*)\)")
_ANY = re.compile(rf"{FIELD}/[Aa]ny\(ep: ?ep/id eq '({_ID})' and ep/value eq '([^']*)'\)")


def check_properties(body: JsonObject) -> None:
    """Refuse properties whose id or value Graph would not take."""
    for item in body.get(FIELD) or []:
        given: dict[str, Any] = item if isinstance(item, dict) else {}
        if not _NAMED.fullmatch(str(given.get("id"))) or not isinstance(given.get("value"), str):
            raise bad_request("Property id or value is invalid.", "ErrorInvalidProperty")


def merge_properties(kept: JsonObject, changed: JsonObject) -> JsonObject:
    """Return the properties after a change: those that are named get a value, the others stay."""
    if FIELD not in changed:
        return {}
    held = {item["id"].lower(): item for item in [*(kept.get(FIELD) or []), *(changed[FIELD] or [])]}
    return {FIELD: list(held.values())}


def expanded(request: Request, shown: JsonObject) -> JsonObject:
    """Return an event as the request asked for it: without its properties, or with those that `$expand` names."""
    bare = {key: value for key, value in shown.items() if key != FIELD}
    wanted = request.query_params.get("$expand")
    if wanted is None:
        return bare
    named = _ALL_OF.fullmatch(wanted)
    if named is None:
        raise bad_request(
            f"Could not find a property named '{wanted[:60]}' on type 'event'.", "RequestBroker--ParseUri"
        )
    ids = {found.lower() for found in _NAMED.findall(named.group(1))}
    found = [item for item in shown.get(FIELD) or [] if item["id"].lower() in ids]
    return {**bare, FIELD: found} if found else bare


def narrowed(request: Request, entries: list[Entry]) -> list[Entry]:
    """Return the events that pass the request's `$filter`, of which only the form with a property is simulated."""
    wanted = request.query_params.get("$filter")
    if wanted is None:
        return entries
    match = _ANY.fullmatch(wanted)
    if match is None:
        raise bad_request("Invalid filter clause.", "BadRequest")
    identity, value = match.group(1).lower(), match.group(2)
    return [
        entry
        for entry in entries
        if any(item["id"].lower() == identity and item["value"] == value for item in entry.body.get(FIELD) or [])
    ]
