"""The part of the control API that plays the owner of a calendar account: outside events, revoked grants."""

import secrets

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.calendars.store import CalendarStore, Entry, Shelf
from sandbox.calendars.times import parse_moment
from sandbox.control_errors import ControlError, read_body
from sandbox.google import calendars as google_calendars
from sandbox.google import events as google_events
from sandbox.google.channels import announce as announce_google
from sandbox.google.listing import expire_sync_tokens
from sandbox.json_types import JsonObject
from sandbox.microsoft import calendars as microsoft_calendars
from sandbox.microsoft import events as microsoft_events
from sandbox.microsoft.delta import expire_delta_links
from sandbox.microsoft.subscriptions import announce as announce_microsoft
from sandbox.oauth.consent import EMAIL
from sandbox.oauth.grants import Grants
from sandbox.refusals import Refusal
from sandbox.state import Sandbox, sandbox_of

PROVIDERS = ("google", "microsoft")


def add_event(sandbox: Sandbox, provider: str, body: JsonObject) -> JsonObject:
    """Put an event into an account's calendar as if its owner had: the product hears of it by its channels."""
    email = _email(body)
    start, end = (str(body.get(name) or "") for name in ("start", "end"))
    if not parse_moment(start) or not parse_moment(end):
        raise ControlError("start and end must be ISO 8601 times with an offset.")
    title = str(body.get("summary") or "Busy")
    calendar = str(body.get("calendar") or "primary")
    try:
        entry = _put(sandbox, provider, email, calendar, title=title, start=start, end=end)
    except Refusal as refusal:
        raise ControlError(f"That cannot be put into the calendar: {refusal.body}") from refusal
    return {"id": entry.id, "email": email, "provider": provider}


def remove_event(sandbox: Sandbox, provider: str, identity: str) -> None:
    """Take an event out of its calendar as if its owner had."""
    store = CalendarStore(sandbox.database)
    shelf, entry = _standing(store, provider, identity)
    if provider == "google":
        store.put(shelf, google_events.cancelled(entry))
        announce_google(sandbox, shelf)
    else:
        store.put(shelf, microsoft_events.removed(entry))
        announce_microsoft(sandbox, shelf, entry, "deleted")


def move_event(sandbox: Sandbox, provider: str, identity: str, body: JsonObject) -> JsonObject:
    """Give an event other times as if its owner had dragged it."""
    store = CalendarStore(sandbox.database)
    shelf, entry = _standing(store, provider, identity)
    start, end = (str(body.get(name) or "") for name in ("start", "end"))
    if not parse_moment(start) or not parse_moment(end):
        raise ControlError("start and end must be ISO 8601 times with an offset.")
    if provider == "google":
        times: JsonObject = {"start": {"dateTime": start}, "end": {"dateTime": end}}
        store.put(shelf, google_events.changed_event(entry, times, whole=False))
        announce_google(sandbox, shelf)
    else:
        moved = microsoft_events.simple_body("", start, end)
        del moved["subject"]
        announce_microsoft(sandbox, shelf, store.put(shelf, microsoft_events.changed_event(entry, moved)), "updated")
    return {"id": identity, "provider": provider}


def revoke(sandbox: Sandbox, provider: str, email: str) -> int:
    """End every grant of a person, as in their account's settings; return how many there were."""
    return Grants(sandbox.resources, provider).revoke_person(email)


def calendar_state(sandbox: Sandbox) -> JsonObject:
    """Return every event and every grant, newest first; tokens are left out."""
    grants = [
        {"provider": provider, **grant} for provider in PROVIDERS for grant in Grants(sandbox.resources, provider).all()
    ]
    return {"events": CalendarStore(sandbox.database).everything(), "grants": grants}


async def _add(request: Request) -> JSONResponse:
    body = await read_body(request)
    return JSONResponse(add_event(sandbox_of(request), _provider(request), body), status_code=201)


async def _remove(request: Request) -> Response:
    remove_event(sandbox_of(request), _provider(request), request.path_params["identity"])
    return Response(status_code=204)


async def _move(request: Request) -> JSONResponse:
    body = await read_body(request)
    return JSONResponse(move_event(sandbox_of(request), _provider(request), request.path_params["identity"], body))


async def _revoke(request: Request) -> JSONResponse:
    email = _email(await read_body(request))
    return JSONResponse({"revoked": revoke(sandbox_of(request), _provider(request), email)})


async def _expire(request: Request) -> JSONResponse:
    """Let a person's access tokens expire; with `"sync": true` their sync tokens too."""
    sandbox, provider, body = sandbox_of(request), _provider(request), await read_body(request)
    email = _email(body)
    expired = Grants(sandbox.resources, provider).expire_person(email)
    if body.get("sync"):
        {"google": expire_sync_tokens, "microsoft": expire_delta_links}[provider](sandbox.resources, email)
    return JSONResponse({"expired": expired})


async def _overview(request: Request) -> JSONResponse:
    return JSONResponse(calendar_state(sandbox_of(request)))


def calendar_control_routes() -> list[Route]:
    """Return the routes under /sandbox that concern calendars and their owners."""
    return [
        Route("/calendars", _overview, methods=["GET"]),
        Route("/{provider}/events", _add, methods=["POST"]),
        Route("/{provider}/events/{identity}", _remove, methods=["DELETE"]),
        Route("/{provider}/events/{identity}", _move, methods=["PATCH"]),
        Route("/{provider}/revoke", _revoke, methods=["POST"]),
        Route("/{provider}/expire", _expire, methods=["POST"]),
    ]


def _put(sandbox: Sandbox, provider: str, email: str, calendar: str, *, title: str, start: str, end: str) -> Entry:
    store = CalendarStore(sandbox.database)
    if provider == "google":
        shelf = google_calendars.shelf_at(email, calendar)
        body = {"summary": title, "start": {"dateTime": start}, "end": {"dateTime": end}}
        entry = store.put(shelf, google_events.new_event(email, {"id": secrets.token_hex(13), **body}))
        announce_google(sandbox, shelf)
        return entry
    shelf = microsoft_calendars.shelf_at(email, calendar)
    entry = store.put(shelf, microsoft_events.new_event(email, microsoft_events.simple_body(title, start, end)))
    announce_microsoft(sandbox, shelf, entry, "created")
    return entry


def _standing(store: CalendarStore, provider: str, identity: str) -> tuple[Shelf, Entry]:
    known = [item for item in store.everything() if item["provider"] == provider and item["id"] == identity]
    entry = None
    if known and not known[0]["removed"]:
        shelf = Shelf(provider, known[0]["account"], known[0]["calendar"])
        entry = store.find(shelf, identity)
    if entry is None:
        raise ControlError(f"There is no event {identity}.", 404)
    return shelf, entry


def _email(body: JsonObject) -> str:
    email = str(body.get("email") or "").strip().lower()
    if not EMAIL.fullmatch(email):
        raise ControlError("email must be an email address.")
    return email


def _provider(request: Request) -> str:
    provider = str(request.path_params["provider"])
    if provider not in PROVIDERS:
        raise ControlError(f"There is no calendar provider {provider}. Choose from: {', '.join(PROVIDERS)}.", 404)
    return provider
