"""Lists of events: by time, page by page, or what changed since a sync token."""

from collections.abc import Mapping

from starlette.requests import Request

from sandbox.calendars.store import CalendarStore, Entry, Shelf, seal, unseal
from sandbox.calendars.times import parse_moment, stamp
from sandbox.google.access import invalid, problem
from sandbox.google.calendars import ZONE
from sandbox.json_types import JsonObject
from sandbox.resources import Resources

DEFAULT_PAGE, MAX_PAGE = 250, 2500
NOT_WITH_TOKEN = ("iCalUID", "orderBy", "privateExtendedProperty", "sharedExtendedProperty", "q", "timeMin", "timeMax",
                  "updatedMin")  # fmt: skip
GENERATIONS = "google.sync_generation"


def generation_of(resources: Resources, email: str) -> int:
    """Return the number that an account's sync tokens must carry to be good."""
    found = resources.find(GENERATIONS, email)
    return int(found["number"]) if found else 0


def expire_sync_tokens(resources: Resources, email: str) -> None:
    """Make every sync token of an account worthless: the next use answers 410."""
    number = generation_of(resources, email) + 1
    resources.delete(GENERATIONS, email)
    resources.insert(GENERATIONS, email, {"id": email, "number": number})


def list_events(request: Request, store: CalendarStore, resources: Resources, shelf: Shelf) -> JsonObject:
    """Return one page of events as the API answers it."""
    query = request.query_params
    cursor = _cursor(query)
    found = _changed(store, resources, shelf, query) if "syncToken" in query else _chosen(store, shelf, query)
    size = min(_whole(query, "maxResults", DEFAULT_PAGE), MAX_PAGE)
    page, rest = found[cursor : cursor + size], len(found) - cursor - size
    answer: JsonObject = {
        "kind": "calendar#events",
        "etag": '"p1"',
        "summary": shelf.calendar,
        "updated": page[-1].body["updated"] if page else "",
        "timeZone": query.get("timeZone", ZONE),
        "accessRole": "owner",
        "defaultReminders": [],
        "items": [entry.body for entry in page],
    }
    if rest > 0:
        return answer | {"nextPageToken": seal({"at": cursor + size})}
    if "orderBy" in query:
        return answer
    cursor_now = {"seq": store.newest_change(), "of": shelf.calendar, "g": generation_of(resources, shelf.account)}
    return answer | {"nextSyncToken": seal(cursor_now)}


def _changed(store: CalendarStore, resources: Resources, shelf: Shelf, query: Mapping[str, str]) -> list[Entry]:
    if clash := [name for name in NOT_WITH_TOKEN if name in query]:
        raise invalid(f"Sync token cannot be used together with {clash[0]}.")
    token = unseal(query["syncToken"])
    expected = {"of": shelf.calendar, "g": generation_of(resources, shelf.account)}
    if token is None or not isinstance(token.get("seq"), int) or any(token.get(k) != v for k, v in expected.items()):
        raise problem(
            410, "fullSyncRequired", "Sync token is no longer valid, a full sync is required.", domain="calendar"
        )
    return store.changes(shelf, after=token["seq"])


def _chosen(store: CalendarStore, shelf: Shelf, query: Mapping[str, str]) -> list[Entry]:
    start, end = _moment(query, "timeMin"), _moment(query, "timeMax")
    if start and end and end <= start:
        raise problem(400, "timeRangeEmpty", "The specified time range is empty.", domain="calendar")
    order = query.get("orderBy")
    if order == "startTime" and query.get("singleEvents") != "true":
        raise invalid("The requested ordering is not available for the particular query.")
    if order not in {None, "startTime", "updated"}:
        raise invalid("Invalid value for: orderBy")
    found = store.between(shelf, start=start, end=end)
    if query.get("showDeleted") == "true":
        found += [entry for entry in store.changes(shelf) if entry.removed]
    found = [entry for entry in found if _fits(entry, query)]
    return sorted(found, key=lambda item: item.seq) if order == "updated" else found


def _fits(entry: Entry, query: Mapping[str, str]) -> bool:
    """Whether an event passes the filters of a query."""
    body = entry.body
    if "iCalUID" in query and body.get("iCalUID") != query["iCalUID"]:
        return False
    if "updatedMin" in query and body["updated"] < _moment(query, "updatedMin"):
        return False
    for kind in ("private", "shared"):
        name, _, value = query.get(f"{kind}ExtendedProperty", "").partition("=")
        if name and (body.get("extendedProperties") or {}).get(kind, {}).get(name) != value:
            return False
    words = query.get("q", "").casefold()
    texts = (str(body.get(name) or "") for name in ("summary", "description", "location"))
    return not words or any(words in text.casefold() for text in texts)


def _moment(query: Mapping[str, str], name: str) -> str:
    if not query.get(name):
        return ""
    moment = parse_moment(query[name].replace(" ", "+"))
    if moment is None:
        raise problem(400, "badRequest", "Bad Request")
    return stamp(moment)


def _whole(query: Mapping[str, str], name: str, default: int) -> int:
    raw = query.get(name, str(default))
    if not raw.isdecimal() or int(raw) < 1:
        raise invalid(f"Invalid integer value for: {name}")
    return int(raw)


def _cursor(query: Mapping[str, str]) -> int:
    if "pageToken" not in query:
        return 0
    token = unseal(query["pageToken"])
    if token is None or not isinstance(token.get("at"), int):
        raise invalid("Invalid page token value.")
    return int(token["at"])
