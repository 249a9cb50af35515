"""Graph over HTTP: who is signed in, calendars, events, free and busy times."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.calendars.store import Entry, Shelf
from sandbox.calendars.times import find_zone, parse_moment, stamp
from sandbox.json_types import JsonObject, as_object, parse_object
from sandbox.microsoft import access, calendars, events
from sandbox.microsoft.delta import delta_page, span_of, zone_of
from sandbox.microsoft.properties import expanded, narrowed
from sandbox.microsoft.schedules import Window, own_schedule, unresolved
from sandbox.microsoft.subscriptions import announce, subscription_routes
from sandbox.state import sandbox_of

CONTEXT = f"{access.GRAPH}v1.0/$metadata#users('me')"
SCHEDULES = f"{access.GRAPH}v1.0/$metadata#Collection(microsoft.graph.scheduleInformation)"
MAX_TOP = 1000


async def me(request: Request) -> JSONResponse:
    """Tell who is signed in."""
    email = access.require_access(request, access.READ_USER).email
    name = email.split("@")[0].title()
    person = {"displayName": name, "givenName": name, "mail": email, "userPrincipalName": email}
    return JSONResponse({"@odata.context": f"{CONTEXT}/$entity", "id": access.object_id(email), **person})


async def calendar_list(request: Request) -> JSONResponse:
    """List the account's calendars."""
    email = access.require_access(request, access.READ).email
    found = [calendars.shown(calendars.shelf_at(email, identity)) for identity in calendars.calendars_of(email)]
    return JSONResponse({"@odata.context": f"{CONTEXT}/calendars", "value": found})


async def calendar(request: Request) -> JSONResponse:
    """Return one calendar."""
    return JSONResponse(calendars.shown(_shelf(request, access.READ)))


async def view(request: Request) -> JSONResponse:
    """List the events that touch a span of time."""
    shelf = _shelf(request, access.READ)
    start, end = span_of(request)
    return _listed(request, calendars.store_of(sandbox_of(request)).between(shelf, start=start, end=end))


async def delta(request: Request) -> JSONResponse:
    """Answer a delta query."""
    shelf, sandbox = _shelf(request, access.READ), sandbox_of(request)
    return JSONResponse(delta_page(request, calendars.store_of(sandbox), sandbox.resources, shelf))


async def index(request: Request) -> JSONResponse:
    """List events in order of their start."""
    shelf = _shelf(request, access.READ)
    return _listed(request, calendars.store_of(sandbox_of(request)).between(shelf))


async def create(request: Request) -> JSONResponse:
    """Create an event: 201. The same transactionId gives the first event again."""
    shelf, body = _shelf(request, access.WRITE), await _body(request)
    sandbox = sandbox_of(request)
    transaction = body.get("transactionId")
    known = calendars.store_of(sandbox).between(shelf)
    earlier = next((item for item in known if transaction and item.body.get("transactionId") == transaction), None)
    entry = earlier or events.new_event(shelf.account, body)
    if earlier is None:
        calendars.store_of(sandbox).put(shelf, entry)
        announce(sandbox, shelf, entry, "created")
    return JSONResponse(expanded(request, events.shown(entry, zone_of(request))), status_code=201)


async def show(request: Request) -> JSONResponse:
    """Return one event."""
    _, entry = _found(request, access.READ)
    return JSONResponse(expanded(request, events.shown(entry, zone_of(request))))


async def update(request: Request) -> JSONResponse:
    """Change an event."""
    shelf, entry = _found(request, access.WRITE)
    wanted = request.headers.get("if-match")
    if wanted and wanted not in {entry.body["@odata.etag"], "*"}:
        raise access.problem(412, "ErrorIrresolvableConflict", "The send or update operation could not be performed.")
    changed = events.changed_event(entry, await _body(request))
    sandbox = sandbox_of(request)
    calendars.store_of(sandbox).put(shelf, changed)
    announce(sandbox, shelf, changed, "updated")
    return JSONResponse(expanded(request, events.shown(changed, zone_of(request))))


async def destroy(request: Request) -> Response:
    """Delete an event: 204, a second time 404."""
    shelf, entry = _found(request, access.WRITE)
    sandbox = sandbox_of(request)
    calendars.store_of(sandbox).put(shelf, events.removed(entry))
    announce(sandbox, shelf, entry, "deleted")
    return Response(status_code=204)


async def get_schedule(request: Request) -> JSONResponse:
    """Tell when people are busy: the account itself; others cannot be resolved."""
    email, body = access.require_access(request, access.READ_BUSY).email, await _body(request)
    start, end = (_moment(body, name) for name in ("startTime", "endTime"))
    if end <= start:
        raise access.bad_request("The end of the time window must be after its start.", "ErrorInvalidParameter")
    store = calendars.store_of(sandbox_of(request))
    found = store.between(calendars.shelf_at(email), start=start, end=end)
    window = Window(start, end, int(body.get("availabilityViewInterval") or 30))
    own = own_schedule(email, found, window, zone_of(request))
    values = [own if str(asked).lower() == email else unresolved(str(asked)) for asked in body.get("schedules") or []]
    return JSONResponse({"@odata.context": SCHEDULES, "value": values})


def graph_routes() -> list[Route]:
    """Return the routes of Graph, the same for the default calendar and for a named one."""
    routes = [Route("/me", me, methods=["GET"]), Route("/me/calendars", calendar_list, methods=["GET"])]
    routes += [
        Route("/me/calendar", calendar, methods=["GET"]),
        Route("/me/calendar/getSchedule", get_schedule, methods=["POST"]),
        Route("/me/calendars/{calendar}", calendar, methods=["GET"]),
    ]
    for base in ("/me", "/me/calendar", "/me/calendars/{calendar}"):
        routes += [
            Route(f"{base}/calendarView", view, methods=["GET"]),
            Route(f"{base}/calendarView/delta", delta, methods=["GET"]),
            Route(f"{base}/calendarView/delta()", delta, methods=["GET"]),
            Route(f"{base}/events", index, methods=["GET"]),
            Route(f"{base}/events", create, methods=["POST"]),
            Route(f"{base}/events/{{identity}}", show, methods=["GET"]),
            Route(f"{base}/events/{{identity}}", update, methods=["PATCH"]),
            Route(f"{base}/events/{{identity}}", destroy, methods=["DELETE"]),
        ]
    return [*routes, *subscription_routes()]


def _shelf(request: Request, scopes: frozenset[str]) -> Shelf:
    email = access.require_access(request, scopes).email
    return calendars.shelf_at(email, request.path_params.get("calendar", "primary"))


def _found(request: Request, scopes: frozenset[str]) -> tuple[Shelf, Entry]:
    email = access.require_access(request, scopes).email
    store = calendars.store_of(sandbox_of(request))
    found = store.find_anywhere(access.PROVIDER, email, request.path_params["identity"])
    if found is None or found[1].removed:
        raise access.not_found()
    return found


def _listed(request: Request, found: list[Entry]) -> JSONResponse:
    raw_top, raw_skip = request.query_params.get("$top", "10"), request.query_params.get("$skip", "0")
    if not raw_top.isdecimal() or not raw_skip.isdecimal():
        raise access.bad_request("Invalid value for $top or $skip.", "BadRequest")
    top, skip, zone = min(int(raw_top), MAX_TOP), int(raw_skip), zone_of(request)
    found = narrowed(request, found)
    answer: dict[str, Any] = {"@odata.context": f"{CONTEXT}/events"}
    answer["value"] = [expanded(request, events.shown(item, zone)) for item in found[skip : skip + top]]
    if len(found) > skip + top:
        answer["@odata.nextLink"] = str(request.url.include_query_params(**{"$skip": skip + top}))
    return JSONResponse(answer)


def _moment(body: JsonObject, name: str) -> str:
    given = as_object(body.get(name))
    moment = parse_moment(str(given.get("dateTime") or ""), find_zone(str(given.get("timeZone") or "UTC")))
    if moment is None:
        raise access.bad_request(f"The value of parameter '{name}' is not valid.", "ErrorInvalidParameter")
    return stamp(moment)


async def _body(request: Request) -> JsonObject:
    body = parse_object(await request.body())
    if body is None:
        raise access.bad_request("Unable to read JSON request payload.", "BadRequest")
    return body
