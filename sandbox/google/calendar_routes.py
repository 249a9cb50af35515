"""Google Calendar v3 over HTTP: calendars, events, free and busy times."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.calendars.store import Entry, Shelf, merged_busy
from sandbox.calendars.times import parse_moment, stamp
from sandbox.google import access, calendars, events
from sandbox.google.channels import announce, channel_routes
from sandbox.google.listing import list_events
from sandbox.json_types import JsonObject, as_object, parse_object
from sandbox.oauth.grants import Access
from sandbox.state import sandbox_of


async def calendar_list(request: Request) -> JSONResponse:
    """List the account's calendars."""
    email = access.require_access(request, access.READ_LIST).email
    items = [calendars.listed(email, identity) for identity in calendars.calendars_of(email)]
    return JSONResponse({"kind": "calendar#calendarList", "etag": '"1"', "items": items, "nextSyncToken": "1"})


async def calendar(request: Request) -> JSONResponse:
    """Return one calendar."""
    opened = access.require_access(request, access.READ_CALENDAR)
    shelf = calendars.shelf_for(opened, request.path_params["calendar"])
    return JSONResponse(calendars.shown(opened.email, shelf.calendar))


async def index(request: Request) -> JSONResponse:
    """List events."""
    shelf = _shelf(request, access.READ_EVENTS)
    sandbox = sandbox_of(request)
    return JSONResponse(list_events(request, calendars.store_of(sandbox), sandbox.resources, shelf))


async def create(request: Request) -> JSONResponse:
    """Insert an event; an id that was ever used answers 409."""
    shelf = _shelf(request, access.WRITE_EVENTS)
    entry = events.new_event(shelf.account, await _body(request))
    store = calendars.store_of(sandbox_of(request))
    if store.find(shelf, entry.id) is not None:
        raise access.problem(409, "duplicate", "The requested identifier already exists.")
    return _stored(request, shelf, entry)


async def show(request: Request) -> JSONResponse:
    """Return one event; a deleted one is shown as cancelled."""
    return JSONResponse(_entry(request, _shelf(request, access.READ_EVENTS)).body)


async def update(request: Request) -> JSONResponse:
    """Replace (PUT) or change (PATCH) an event."""
    shelf = _shelf(request, access.WRITE_EVENTS)
    entry = _entry(request, shelf)
    _check_tag(request, entry)
    return _stored(request, shelf, events.changed_event(entry, await _body(request), whole=request.method == "PUT"))


async def destroy(request: Request) -> Response:
    """Delete an event: 204, a second time 410."""
    shelf = _shelf(request, access.WRITE_EVENTS)
    entry = _entry(request, shelf)
    if entry.removed:
        raise access.problem(410, "deleted", "Resource has been deleted")
    _check_tag(request, entry)
    _stored(request, shelf, events.cancelled(entry))
    return Response(status_code=204)


async def free_busy(request: Request) -> JSONResponse:
    """Tell when calendars are busy; those that cannot be read carry an error of their own."""
    opened = access.require_access(request, access.READ_BUSY)
    body = await _body(request)
    start, end = (parse_moment(str(body.get(name) or "")) for name in ("timeMin", "timeMax"))
    if start is None or end is None:
        raise access.problem(400, "badRequest", "Bad Request")
    if end <= start:
        raise access.problem(400, "timeRangeEmpty", "The specified time range is empty.", domain="calendar")
    asked = [str(as_object(item).get("id")) for item in body.get("items") or []]
    busy = {identity: _busy(request, opened, identity, stamp(start), stamp(end)) for identity in asked}
    return JSONResponse(
        {"kind": "calendar#freeBusy", "timeMin": stamp(start), "timeMax": stamp(end), "calendars": busy}
    )


def calendar_routes() -> list[Route]:
    """Return the routes of the Calendar API."""
    one = "/calendars/{calendar}/events/{identity}"
    return [
        *channel_routes(),
        Route("/users/me/calendarList", calendar_list, methods=["GET"]),
        Route("/calendars/{calendar}", calendar, methods=["GET"]),
        Route("/calendars/{calendar}/events", index, methods=["GET"]),
        Route("/calendars/{calendar}/events", create, methods=["POST"]),
        Route(one, show, methods=["GET"]),
        Route(one, update, methods=["PUT", "PATCH"]),
        Route(one, destroy, methods=["DELETE"]),
        Route("/freeBusy", free_busy, methods=["POST"]),
    ]


def _shelf(request: Request, scopes: frozenset[str]) -> Shelf:
    return calendars.shelf_for(access.require_access(request, scopes), request.path_params["calendar"])


def _entry(request: Request, shelf: Shelf) -> Entry:
    found = calendars.store_of(sandbox_of(request)).find(shelf, request.path_params["identity"])
    if found is None:
        raise access.not_found()
    return found


def _stored(request: Request, shelf: Shelf, entry: Entry) -> JSONResponse:
    sandbox = sandbox_of(request)
    calendars.store_of(sandbox).put(shelf, entry)
    announce(sandbox, shelf)
    return JSONResponse(entry.body, headers={"ETag": entry.body["etag"]})


def _check_tag(request: Request, entry: Entry) -> None:
    wanted = request.headers.get("if-match")
    if wanted and wanted not in {entry.body["etag"], "*"}:
        raise access.problem(412, "conditionNotMet", "Precondition Failed")


async def _body(request: Request) -> JsonObject:
    body = parse_object(await request.body())
    if body is None:
        raise access.problem(400, "parseError", "Parse Error")
    return body


def _busy(request: Request, opened: Access, identity: str, start: str, end: str) -> JsonObject:
    if identity != "primary" and identity not in calendars.calendars_of(opened.email):
        return {"errors": [{"domain": "global", "reason": "notFound"}], "busy": []}
    shelf = calendars.shelf_for(opened, identity)
    found = calendars.store_of(sandbox_of(request)).between(shelf, start=start, end=end)
    taken = merged_busy(entry for entry in found if events.is_busy(entry))
    return {"busy": [{"start": max(first, start), "end": min(last, end)} for first, last in taken]}
