"""Watch channels: an address is told that a calendar changed, not what changed."""

import hashlib
from datetime import UTC, datetime
from email.utils import format_datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox import clock
from sandbox.calendars.store import Shelf
from sandbox.forms import is_secure_address
from sandbox.google.access import READ_EVENTS, invalid, not_found, problem, require_access
from sandbox.google.calendars import shelf_for
from sandbox.json_types import JsonObject, as_object, parse_object
from sandbox.messenger import Notice
from sandbox.resources import Selection
from sandbox.state import Sandbox, sandbox_of

KIND = "google.channel"
LIFETIME_S = 7 * 24 * 3600
MAX_ID = 64


async def watch(request: Request) -> JSONResponse:
    """Open a channel; its first notice says `sync`."""
    access, sandbox = require_access(request, READ_EVENTS), sandbox_of(request)
    shelf = shelf_for(access, request.path_params["calendar"])
    body = parse_object(await request.body()) or {}
    identity, address = str(body.get("id") or ""), str(body.get("address") or "")
    if not identity or len(identity) > MAX_ID:
        raise invalid("Channel id is required and at most 64 characters long.")
    if body.get("type") not in {"web_hook", "webhook"}:
        raise invalid("Unknown channel type.")
    if not is_secure_address(address):
        raise problem(400, "push.webhookUrlNotHttps", f"WebHook callback must be HTTPS: {address}")
    if sandbox.resources.find(KIND, identity):
        raise problem(400, "channelIdNotUnique", f"Channel id {identity} not unique")
    channel = _open(sandbox, shelf, body)
    sandbox.background.later(0, lambda: _tell(sandbox, channel["id"], "sync"))
    return JSONResponse(_shown(channel))


async def stop(request: Request) -> Response:
    """Close a channel: 204."""
    access, sandbox = require_access(request, READ_EVENTS), sandbox_of(request)
    body = parse_object(await request.body()) or {}
    channel = sandbox.resources.find(KIND, str(body.get("id")), owner=access.email)
    if channel is None or channel["resourceId"] != body.get("resourceId"):
        raise not_found()
    sandbox.resources.delete(KIND, channel["id"])
    return Response(status_code=204)


def announce(sandbox: Sandbox, shelf: Shelf) -> None:
    """Tell every open channel of a calendar that something in it changed."""
    found = sandbox.resources.select(KIND, Selection(limit=-1), owner=shelf.account)
    for channel in found:
        if channel["calendar"] == shelf.calendar and channel["expires_ms"] > clock.epoch_ms():
            _announce_to(sandbox, str(channel["id"]))


def channel_routes() -> list[Route]:
    """Return the routes of channels."""
    return [
        Route("/calendars/{calendar}/events/watch", watch, methods=["POST"]),
        Route("/channels/stop", stop, methods=["POST"]),
    ]


def _announce_to(sandbox: Sandbox, identity: str) -> None:
    sandbox.background.later(0, lambda: _tell(sandbox, identity, "exists"))


def _open(sandbox: Sandbox, shelf: Shelf, body: JsonObject) -> JsonObject:
    wanted_ms = body.get("expiration")
    ttl = as_object(body.get("params")).get("ttl")
    latest_ms = clock.epoch_ms() + min(int(ttl or LIFETIME_S), LIFETIME_S) * 1000
    channel = {
        "id": body["id"],
        "calendar": shelf.calendar,
        "address": body["address"],
        "token": str(body.get("token") or ""),
        "resourceId": hashlib.sha256(f"{shelf.account}/{shelf.calendar}".encode()).hexdigest()[:27],
        "resourceUri": f"{sandbox.base_url}/google/calendar/v3/calendars/{shelf.calendar}/events?alt=json",
        "expires_ms": min(int(wanted_ms), latest_ms) if wanted_ms else latest_ms,
        "messages": 0,
    }
    return sandbox.resources.insert(KIND, shelf.account, channel)


def _shown(channel: JsonObject) -> JsonObject:
    return {
        "kind": "api#channel",
        "id": channel["id"],
        "resourceId": channel["resourceId"],
        "resourceUri": channel["resourceUri"],
        **({"token": channel["token"]} if channel["token"] else {}),
        "expiration": str(channel["expires_ms"]),
    }


async def _tell(sandbox: Sandbox, identity: str, state: str) -> None:
    channel = sandbox.resources.find(KIND, identity)
    if channel is None:
        return
    channel = sandbox.resources.replace(KIND, {**channel, "messages": channel["messages"] + 1})
    expires = datetime.fromtimestamp(channel["expires_ms"] / 1000, UTC)
    headers = {
        "X-Goog-Channel-ID": channel["id"],
        "X-Goog-Resource-State": state,
        "X-Goog-Resource-ID": channel["resourceId"],
        "X-Goog-Resource-URI": channel["resourceUri"],
        "X-Goog-Message-Number": str(channel["messages"]),
        "X-Goog-Channel-Expiration": format_datetime(expires, usegmt=True),
        "User-Agent": "APIs-Google; (+https://developers.google.com/webmasters/APIs-Google.html)",
        **({"X-Goog-Channel-Token": channel["token"]} if channel["token"] else {}),
    }
    await sandbox.messenger.send(
        Notice(about=identity, type=f"google.calendar-{state}", url=channel["address"], headers=headers)
    )
