"""Resend's domains: those added, and every one that an email came from or went to."""

import re
import uuid

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from sandbox.json_types import JsonObject, JsonValue, parse_object
from sandbox.resend.access import ResendError, require_key
from sandbox.resources import Resources, Selection
from sandbox.state import sandbox_of

KIND = "resend.domain"
SAMPLES = ("example.com", "clinic.example", "voxanne.test", "unverified.example.com")
UNVERIFIED = "unverified."
NAME = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}")
IN_ADDRESS = re.compile(r"@([^\s<>@]+?)\s*>?\s*$")
ID_SPACE = uuid.UUID("9e1d0f6b-3f5c-4f1c-9c26-3f0a0b7d5c11")
BORN = "2026-01-01T09:00:00.000Z"


def domain_of(address: str) -> str:
    """Return the domain of an email address, with or without a name before it."""
    found = IN_ADDRESS.search(address)
    return found.group(1).lower() if found else ""


def is_verified(name: str) -> bool:
    """Whether a domain may be sent from."""
    return not name.startswith(UNVERIFIED)


def require_verified(sender: str) -> None:
    """Refuse an email from a domain that is not verified."""
    name = domain_of(sender)
    if not is_verified(name):
        message = f"The {name} domain is not verified. Please, add and verify your domain on https://resend.com/domains"
        raise ResendError(403, "validation_error", message)


def known_domains(resources: Resources) -> list[str]:
    """Return the names of all domains in order of the alphabet."""
    added = {str(item["name"]) for item in resources.select(KIND, Selection(limit=-1))}
    seen = {
        domain_of(address)
        for email in resources.select("email", Selection(limit=-1))
        for address in [str(email["from"]), *_addresses(email["to"])]
    }
    return sorted(name for name in {*SAMPLES, *added, *seen} if name)


async def index(request: Request) -> JSONResponse:
    """List domains."""
    require_key(request, full_access=True)
    found = [_shown(name) for name in known_domains(sandbox_of(request).resources)]
    return JSONResponse({"object": "list", "has_more": False, "data": found})


async def create(request: Request) -> JSONResponse:
    """Add a domain: 201."""
    require_key(request, full_access=True)
    body = parse_object(await request.body()) or {}
    name = str(body.get("name") or "").lower()
    if not NAME.fullmatch(name):
        raise ResendError(422, "validation_error", "The `name` field must be a domain.")
    add_domain(sandbox_of(request).resources, name)
    return JSONResponse({**_shown(name), "records": []}, status_code=201)


def add_domain(resources: Resources, name: str) -> None:
    """Add a domain if it is not there."""
    if resources.find(KIND, name) is None:
        resources.insert(KIND, "resend", {"id": name, "name": name})


async def show(request: Request) -> JSONResponse:
    """Return one domain by its id."""
    require_key(request, full_access=True)
    wanted = request.path_params["identity"]
    for name in known_domains(sandbox_of(request).resources):
        if wanted == _shown(name)["id"]:
            return JSONResponse({"object": "domain", **_shown(name), "records": []})
    raise ResendError(404, "not_found", "Domain not found")


def domain_routes() -> list[Route]:
    """Return the routes of domains."""
    return [
        Route("/domains", index, methods=["GET"]),
        Route("/domains", create, methods=["POST"]),
        Route("/domains/{identity}", show, methods=["GET"]),
    ]


def _addresses(value: JsonValue) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]


def _shown(name: str) -> JsonObject:
    return {
        "id": str(uuid.uuid5(ID_SPACE, name)),
        "name": name,
        "status": "verified" if is_verified(name) else "not_started",
        "created_at": BORN,
        "region": "eu-west-1",
    }
