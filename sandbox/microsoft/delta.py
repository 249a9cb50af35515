"""Delta queries: the events of a span of time, then only what changed."""

from starlette.requests import Request

from sandbox.calendars.store import CalendarStore, Entry, Shelf, seal, unseal
from sandbox.calendars.times import find_zone, parse_moment, stamp
from sandbox.json_types import JsonObject
from sandbox.microsoft.access import GRAPH, bad_request, problem
from sandbox.microsoft.events import shown
from sandbox.microsoft.properties import FIELD
from sandbox.resources import Resources

GENERATIONS = "microsoft.sync_generation"
DEFAULT_PAGE = 50
UNSUPPORTED = ("$expand", "$filter", "$orderby", "$search", "$select")
NO_SPAN = "This request requires a time window specified by the query string parameters StartDateTime and EndDateTime."


def generation_of(resources: Resources, email: str) -> int:
    """Return the number that an account's delta links must carry to be good."""
    found = resources.find(GENERATIONS, email)
    return int(found["number"]) if found else 0


def expire_delta_links(resources: Resources, email: str) -> None:
    """Make every delta link of an account worthless: the next use answers 410."""
    number = generation_of(resources, email) + 1
    resources.delete(GENERATIONS, email)
    resources.insert(GENERATIONS, email, {"id": email, "number": number})


def zone_of(request: Request) -> str:
    """Return the zone that the answer's times are to be in: UTC unless `Prefer` names another."""
    for part in request.headers.get("prefer", "").split(","):
        name, _, value = part.strip().partition("=")
        if name.strip().lower() == "outlook.timezone":
            wanted = value.strip().strip('"')
            if find_zone(wanted) is None:
                raise bad_request(f"The TimeZone value '{wanted}' is not supported.", "TimeZoneNotSupportedException")
            return wanted
    return "UTC"


def span_of(request: Request) -> tuple[str, str]:
    """Return the required startDateTime and endDateTime of a calendar view; without an offset they are UTC."""
    found = []
    for name in ("startDateTime", "endDateTime"):
        raw = request.query_params.get(name, "").replace(" ", "+")
        moment = parse_moment(raw, find_zone("UTC")) if raw else None
        if moment is None:
            raise bad_request(NO_SPAN, "ErrorInvalidParameter")
        found.append(stamp(moment))
    if found[1] <= found[0]:
        raise bad_request("The end of the time window must be after its start.", "ErrorInvalidParameter")
    return found[0], found[1]


def delta_page(request: Request, store: CalendarStore, resources: Resources, shelf: Shelf) -> JsonObject:
    """Return one page of a delta query, with the link to the next page or to the next changes."""
    query = request.query_params
    if refused := [name for name in UNSUPPORTED if name in query]:
        raise bad_request(f"The query parameter '{refused[0]}' is not supported here.", "ErrorInvalidUrlQuery")
    text = query.get("$skiptoken") or query.get("$deltatoken")
    generation = generation_of(resources, shelf.account)
    if text:
        cursor = _cursor(text, shelf, generation)
    else:
        start, end = span_of(request)
        cursor = {"of": shelf.calendar, "g": generation, "start": start, "end": end, "after": 0, "at": 0}
    found = [item for item in store.changes(shelf, after=cursor["after"]) if _belongs(item, cursor)]
    size = _page_size(request)
    page, rest = found[cursor["at"] : cursor["at"] + size], len(found) - cursor["at"] - size
    zone = zone_of(request)
    values = [_gone(item) if _is_gone(item, cursor) else _bare(shown(item, zone)) for item in page]
    address = str(request.url.replace(query=""))
    if rest > 0:
        link = {"@odata.nextLink": f"{address}?$skiptoken={seal({**cursor, 'at': cursor['at'] + size})}"}
    else:
        following = {**cursor, "after": store.newest_change(), "at": 0}
        link = {"@odata.deltaLink": f"{address}?$deltatoken={seal(following)}"}
    return {"@odata.context": f"{GRAPH}v1.0/$metadata#Collection(event)", **link, "value": values}


def _cursor(text: str, shelf: Shelf, generation: int) -> JsonObject:
    cursor = unseal(text)
    if cursor is None or cursor.get("of") != shelf.calendar:
        raise bad_request("Badly formed token.", "ErrorInvalidSyncStateData")
    if cursor.get("g") != generation:
        raise problem(
            410, "SyncStateNotFound", f"The sync state generation is not found; generation={cursor.get('g')}."
        )
    return cursor


def _belongs(entry: Entry, cursor: JsonObject) -> bool:
    """Whether a change concerns a delta query: the first round has no removed events and none outside the span."""
    return cursor["after"] > 0 or not _is_gone(entry, cursor)


def _is_gone(entry: Entry, cursor: JsonObject) -> bool:
    outside = entry.end_at <= cursor["start"] or entry.start_at >= cursor["end"]
    return entry.removed or outside


def _gone(entry: Entry) -> JsonObject:
    return {"id": entry.id, "@removed": {"reason": "deleted"}}


def _bare(event: JsonObject) -> JsonObject:
    """Return an event without its extended properties: a delta query cannot expand them."""
    return {key: value for key, value in event.items() if key != FIELD}


def _page_size(request: Request) -> int:
    for part in request.headers.get("prefer", "").split(","):
        name, _, value = part.strip().partition("=")
        if name.lower() == "odata.maxpagesize" and value.isdecimal() and int(value) > 0:
            return int(value)
    return DEFAULT_PAGE
