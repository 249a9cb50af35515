"""Subscriptions: an address proves itself, then is told which event was created, updated or deleted."""

import uuid
from datetime import datetime, timedelta
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox import clock
from sandbox.calendars.store import Entry, Shelf
from sandbox.calendars.times import parse_moment
from sandbox.forms import is_secure_address
from sandbox.json_types import JsonObject, parse_object
from sandbox.messenger import Notice
from sandbox.microsoft.access import GRAPH, READ, TENANT, bad_request, object_id, problem, require_access
from sandbox.microsoft.calendars import shelf_at
from sandbox.resources import Selection
from sandbox.state import Sandbox, sandbox_of

KIND = "microsoft.subscription"
LONGEST = timedelta(minutes=10_080)
CHANGES = frozenset({"created", "updated", "deleted"})
HANDSHAKE_TIMEOUT_S = 10.0
UNREACHED = (
    "Subscription validation request failed. Notification endpoint must respond with 200 OK to validation request"
)


async def create(request: Request) -> JSONResponse:
    """Subscribe: 201 after the address has answered with the validation token it was sent."""
    access, sandbox = require_access(request, READ), sandbox_of(request)
    body = await _body(request)
    for name in ("changeType", "notificationUrl", "resource", "expirationDateTime"):
        if not body.get(name):
            raise bad_request(f"Subscription '{name}' is required.", "InvalidRequest")
    changes = [part.strip() for part in str(body["changeType"]).split(",")]
    if not set(changes) <= CHANGES:
        raise bad_request(f"Subscription 'changeType' is invalid: {body['changeType']}.", "InvalidRequest")
    calendar = _calendar(access.email, str(body["resource"]))
    address = str(body["notificationUrl"])
    if not is_secure_address(address):
        raise bad_request("Notification URL must be an absolute HTTPS address.", "InvalidRequest")
    expires = _expiry(body)
    await _shake_hands(sandbox, address)
    stored = sandbox.resources.insert(
        KIND,
        access.email,
        {
            "resource": body["resource"],
            "changeType": body["changeType"],
            "clientState": body.get("clientState"),
            "notificationUrl": address,
            "lifecycleNotificationUrl": body.get("lifecycleNotificationUrl"),
            "expirationDateTime": expires,
            "calendar": calendar,
        },
    )
    return JSONResponse(_shown(stored), status_code=201)


async def index(request: Request) -> JSONResponse:
    """List the account's subscriptions."""
    access = require_access(request, READ)
    found = sandbox_of(request).resources.select(KIND, Selection(limit=-1), owner=access.email)
    return JSONResponse({"@odata.context": f"{GRAPH}v1.0/$metadata#subscriptions", "value": [_shown(i) for i in found]})


async def show(request: Request) -> JSONResponse:
    """Return one subscription."""
    return JSONResponse(_shown(_access(request)))


async def update(request: Request) -> JSONResponse:
    """Renew a subscription."""
    stored, body = _access(request), await _body(request)
    renewed = {**stored, "expirationDateTime": _expiry(body)}
    return JSONResponse(_shown(sandbox_of(request).resources.replace(KIND, renewed)))


async def destroy(request: Request) -> Response:
    """End a subscription: 204."""
    sandbox_of(request).resources.delete(KIND, _access(request)["id"])
    return Response(status_code=204)


def announce(sandbox: Sandbox, shelf: Shelf, entry: Entry, change: str) -> None:
    """Tell every live subscription of a calendar what happened to an event."""
    now = clock.iso(clock.now())
    for item in sandbox.resources.select(KIND, Selection(limit=-1), owner=shelf.account):
        wanted = change in str(item["changeType"])
        if wanted and item["calendar"] in {"", shelf.calendar} and str(item["expirationDateTime"]) > now:
            _send_later(sandbox, item, shelf, entry, change)


def subscription_routes() -> list[Route]:
    """Return the routes of subscriptions."""
    return [
        Route("/subscriptions", create, methods=["POST"]),
        Route("/subscriptions", index, methods=["GET"]),
        Route("/subscriptions/{identity}", show, methods=["GET"]),
        Route("/subscriptions/{identity}", update, methods=["PATCH"]),
        Route("/subscriptions/{identity}", destroy, methods=["DELETE"]),
    ]


def _send_later(sandbox: Sandbox, item: JsonObject, shelf: Shelf, entry: Entry, change: str) -> None:
    path = f"Users/{object_id(shelf.account)}/Events/{entry.id}"
    notification = {
        "subscriptionId": item["id"],
        "subscriptionExpirationDateTime": item["expirationDateTime"],
        "changeType": change,
        "resource": path,
        "resourceData": {
            "@odata.type": "#Microsoft.Graph.Event",
            "@odata.id": path,
            "@odata.etag": entry.body.get("@odata.etag"),
            "id": entry.id,
        },
        "clientState": item["clientState"],
        "tenantId": TENANT,
    }
    notice = Notice(
        about=item["id"], type=f"microsoft.event-{change}", url=item["notificationUrl"], body={"value": [notification]}
    )
    sandbox.background.later(0, lambda: sandbox.messenger.send(notice))


async def _shake_hands(sandbox: Sandbox, address: str) -> None:
    token = f"Validation: Testing client application reachability for subscription Request-Id: {uuid.uuid4()}"
    joiner = "&" if "?" in address else "?"
    url = f"{address}{joiner}{urlencode({'validationToken': token})}"
    notice = Notice(about="", type="microsoft.validation", url=url, timeout_s=HANDSHAKE_TIMEOUT_S)
    sent = await sandbox.messenger.send(notice)
    if sent.status_code != 200 or sent.response != token:
        seen = sent.error or f"HTTP status code is '{sent.status_code}'"
        raise bad_request(f"{UNREACHED}: {seen}.", "ValidationError")


def _shown(stored: JsonObject) -> JsonObject:
    names = ("id", "resource", "changeType", "notificationUrl", "lifecycleNotificationUrl", "expirationDateTime")
    return {**{name: stored.get(name) for name in names}, "clientState": None, "creatorId": None}


def _access(request: Request) -> JsonObject:
    access = require_access(request, READ)
    found = sandbox_of(request).resources.find(KIND, request.path_params["identity"], owner=access.email)
    if found is None:
        raise problem(404, "ResourceNotFound", "The object was not found.")
    return found


def _calendar(email: str, resource: str) -> str:
    """Return the id of the calendar that a resource path means, empty for all of them."""
    parts = resource.strip("/").split("/")
    if parts[:1] == ["me"]:
        parts = parts[1:]
    if parts == ["events"]:
        return ""
    if parts == ["calendar", "events"]:
        return shelf_at(email).calendar
    if len(parts) == 3 and parts[0] == "calendars" and parts[2] == "events":
        return shelf_at(email, parts[1]).calendar
    raise bad_request(f"Resource '{resource}' is not supported.", "InvalidRequest")


def _expiry(body: JsonObject) -> str:
    expires: datetime | None = parse_moment(str(body.get("expirationDateTime") or ""))
    if expires is None:
        raise bad_request("Subscription expiration is not a valid date.", "InvalidRequest")
    if not clock.now() < expires <= clock.now() + LONGEST:
        raise bad_request("Subscription expiration can only be 10080 minutes in the future.", "InvalidRequest")
    return clock.iso(expires)


async def _body(request: Request) -> JsonObject:
    body = parse_object(await request.body())
    if body is None:
        raise bad_request("Unable to read JSON request payload.", "BadRequest")
    return body
