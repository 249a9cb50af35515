"""Resend's webhooks: who is told of an account's emails, and the telling, signed as Svix signs."""

import base64
import hmac
import os
import uuid

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from sandbox import clock
from sandbox.forms import is_web_address
from sandbox.json_types import JsonObject, dumps, parse_object
from sandbox.messenger import Notice
from sandbox.resend.access import ResendError, account_of, require_key
from sandbox.resources import Selection
from sandbox.state import Sandbox, sandbox_of

KIND = "resend.webhook"
SENT_AFTER_S, ENDED_AFTER_S = 0.2, 0.5
EVENTS = frozenset(
    f"email.{name}"
    for name in ("sent", "delivered", "delivery_delayed", "complained", "bounced", "opened", "clicked", "received",
                 "failed", "scheduled", "suppressed")
)  # fmt: skip
TEST_DOMAIN = "resend.dev"
# What Resend's own test addresses lead to; every other address gets its mail.
ENDS: dict[str, tuple[str, ...]] = {
    "bounced": ("email.bounced",),
    "complained": ("email.delivered", "email.complained"),
    "suppressed": ("email.suppressed",),
}
BOUNCE = {
    "message": "The recipient's email provider sent a hard bounce message.",
    "subType": "General",
    "type": "Permanent",
}


async def create(request: Request) -> JSONResponse:
    """Have events sent to an address: 201 with the secret that signs them."""
    require_key(request, full_access=True)
    body = parse_object(await request.body()) or {}
    endpoint, events = body.get("endpoint"), body.get("events")
    if not isinstance(endpoint, str) or not is_web_address(endpoint):
        raise ResendError(422, "validation_error", "The `endpoint` field must be a valid URL.")
    if not isinstance(events, list) or not events or not set(map(str, events)) <= EVENTS:
        raise ResendError(422, "validation_error", "The `events` field must hold known events.")
    secret = f"whsec_{base64.b64encode(os.urandom(24)).decode()}"
    made = sandbox_of(request).resources.insert(
        KIND,
        account_of(request),
        {"endpoint": endpoint, "events": events, "signing_secret": secret, "status": "enabled"},
    )
    return JSONResponse({"object": "webhook", "id": made["id"], "signing_secret": secret}, status_code=201)


async def index(request: Request) -> JSONResponse:
    """List the account's webhooks, their secrets too."""
    require_key(request, full_access=True)
    found = sandbox_of(request).resources.select(KIND, Selection(limit=-1), owner=account_of(request))
    return JSONResponse({"object": "list", "has_more": False, "data": [_shown(item) for item in found]})


async def remove(request: Request) -> JSONResponse:
    """End one."""
    require_key(request, full_access=True)
    resources, identity = sandbox_of(request).resources, request.path_params["identity"]
    if resources.find(KIND, identity, owner=account_of(request)) is None:
        raise ResendError(404, "not_found", "Webhook not found")
    resources.delete(KIND, identity)
    return JSONResponse({"object": "webhook", "id": identity, "deleted": True})


def webhook_routes() -> list[Route]:
    """Return the routes of webhooks."""
    return [
        Route("/webhooks", create, methods=["POST"]),
        Route("/webhooks", index, methods=["GET"]),
        Route("/webhooks/{identity}", remove, methods=["DELETE"]),
    ]


def let_travel(sandbox: Sandbox, email: JsonObject) -> None:
    """Tell the sender's account in the background that an email went out, and how it ended."""
    sandbox.background.later(SENT_AFTER_S, lambda: _travel(sandbox, email))


async def _travel(sandbox: Sandbox, email: JsonObject) -> None:
    await _tell(sandbox, email, "email.sent")
    await sandbox.background.wait(ENDED_AFTER_S)
    for kind in _end_of(email):
        await _tell(sandbox, email, kind)


def _end_of(email: JsonObject) -> tuple[str, ...]:
    recipients = email["to"] if isinstance(email["to"], list) else [email["to"]]
    name, _, domain = str(recipients[0]).rpartition("<")[2].rstrip("> ").partition("@")
    end = ENDS.get(name.partition("+")[0].lower()) if domain.lower() == TEST_DOMAIN else None
    return end or ("email.delivered",)


async def _tell(sandbox: Sandbox, email: JsonObject, kind: str) -> None:
    hooks = sandbox.resources.select(KIND, Selection(limit=-1), owner=str(email["account"]))
    for hook in hooks:
        if kind in hook["events"]:
            await sandbox.messenger.send(_notice(hook, kind, _event(email, kind)))


def _event(email: JsonObject, kind: str) -> JsonObject:
    data: JsonObject = {
        "created_at": email["createdAt"],
        "email_id": email["id"],
        "from": email["from"],
        "to": email["to"] if isinstance(email["to"], list) else [email["to"]],
        "subject": email["subject"],
    }
    if email.get("tags"):
        data["tags"] = {tag["name"]: tag["value"] for tag in email["tags"]}
    if kind == "email.bounced":
        data["bounce"] = BOUNCE
    return {"type": kind, "created_at": clock.iso(clock.now()), "data": data}


def _notice(hook: JsonObject, kind: str, event: JsonObject) -> Notice:
    identity, moment = f"msg_{uuid.uuid4().hex}", str(int(clock.now().timestamp()))
    key = base64.b64decode(str(hook["signing_secret"]).removeprefix("whsec_"))
    signed = f"{identity}.{moment}.{dumps(event)}".encode()
    signature = base64.b64encode(hmac.new(key, signed, "sha256").digest()).decode()
    headers = {"svix-id": identity, "svix-timestamp": moment, "svix-signature": f"v1,{signature}"}
    about = str(event["data"]["email_id"])
    return Notice(about=about, type=f"resend.{kind}", url=str(hook["endpoint"]), body=event, headers=headers)


def _shown(hook: JsonObject) -> JsonObject:
    names = ("id", "endpoint", "events", "status", "signing_secret")
    return {**{name: hook[name] for name in names}, "created_at": hook["createdAt"]}
