"""Resend's emails: POST /emails and GET /emails/{id}; its domains and webhooks are next door."""

import hashlib
import re

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route

from sandbox.json_types import JsonObject, JsonValue, dumps, parse_object
from sandbox.resend.access import ResendError, account_of, require_key
from sandbox.resend.domains import domain_routes, require_verified
from sandbox.resend.webhooks import let_travel, webhook_routes
from sandbox.resources import Resources, Selection
from sandbox.state import sandbox_of

MAX_RECIPIENTS = 50
ADDRESS = re.compile(r"^(?:[^<>\r\n]*<\s*[^\s<>@]+@[^\s<>@]+\.[^\s<>@]+\s*>|[^\s<>@]+@[^\s<>@]+\.[^\s<>@]+)$")
FIELDS = frozenset(
    {"from", "to", "subject", "bcc", "cc", "reply_to", "scheduled_at", "html", "text", "headers", "attachments", "tags",
     "topic_id", "template"}
)  # fmt: skip


async def send(request: Request) -> JSONResponse:
    """Accept an email. The same Idempotency-Key gives the first answer again; with another body it is refused."""
    require_key(request)
    body = parse_object(await request.body())
    if body is None:
        raise ResendError(422, "validation_error", "The request body must be a JSON object.")
    _check(body)
    require_verified(str(body["from"]))
    resources = sandbox_of(request).resources
    key = request.headers.get("idempotency-key")
    if key and (earlier := _find_by_key(resources, key)):
        if earlier["fingerprint"] != _fingerprint(body):
            message = "The idempotency key was already used with a different request body."
            raise ResendError(409, "invalid_idempotent_request", message)
        return JSONResponse({"id": earlier["id"]})
    kept = {**body, "idempotency_key": key, "fingerprint": _fingerprint(body), "account": account_of(request)}
    email = resources.insert("email", "resend", kept)
    let_travel(sandbox_of(request), email)
    return JSONResponse({"id": email["id"]})


async def show(request: Request) -> JSONResponse:
    """Return one email; it counts as delivered."""
    require_key(request)
    email = sandbox_of(request).resources.find("email", request.path_params["identity"])
    if email is None:
        raise ResendError(404, "not_found", "Email not found")
    recipients = email["to"] if isinstance(email["to"], list) else [email["to"]]
    wanted = ("id", "from", "subject", "html", "text", "cc", "bcc", "reply_to")
    described = {name: email.get(name) for name in wanted}
    return JSONResponse(
        {"object": "email", **described, "to": recipients, "created_at": email["createdAt"], "last_event": "delivered"}
    )


def resend_mount() -> Mount:
    """Return everything under /resend."""
    return Mount(
        "/resend",
        routes=[
            Route("/emails", send, methods=["POST"]),
            Route("/emails/{identity}", show, methods=["GET"]),
            *domain_routes(),
            *webhook_routes(),
        ],
    )


def _check(body: JsonObject) -> None:
    """Raise 422 for the first rule that an email breaks."""
    for name in ("from", "to", "subject"):
        if not body.get(name):
            raise ResendError(422, "missing_required_field", f"Missing `{name}` field.")
    if not body.get("html") and not body.get("text") and not body.get("template"):
        raise ResendError(422, "missing_required_field", "Missing `html` or `text` field.")
    if unknown := sorted(set(body) - FIELDS):
        raise ResendError(422, "validation_error", f"Unrecognized key(s): {', '.join(unknown)}.")
    for name in ("from", "to", "cc", "bcc", "reply_to"):
        _check_addresses(name, body.get(name))


def _check_addresses(name: str, value: JsonValue) -> None:
    addresses = value if isinstance(value, list) else [value] if value else []
    if name == "to" and len(addresses) > MAX_RECIPIENTS:
        raise ResendError(422, "validation_error", f"The `to` field takes at most {MAX_RECIPIENTS} addresses.")
    if all(isinstance(address, str) and ADDRESS.match(address) for address in addresses):
        return
    raise ResendError(
        422,
        "validation_error",
        f"Invalid `{name}` field. The email address needs to follow the `email@example.com` or "
        "`Name <email@example.com>` format.",
    )


def _fingerprint(body: JsonObject) -> str:
    return hashlib.sha256(dumps(dict(sorted(body.items()))).encode()).hexdigest()


def _find_by_key(resources: Resources, key: str) -> JsonObject | None:
    found = resources.select("email", Selection(limit=1, equals={"idempotency_key": key}))
    return found[0] if found else None
