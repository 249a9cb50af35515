"""Who is asking: every key is an organisation of its own, keys that end in `bad` are nobody's."""

import uuid

from starlette.requests import Request

from sandbox.json_types import JsonObject, parse_object
from sandbox.refusals import VAPI_MESSAGES
from sandbox.vapi.errors import VapiError

KEY_SPACE = uuid.UUID("6b1f3c52-2f39-4d0a-9d4b-6f8e5a3c9d10")
BAD_SUFFIX = "bad"


def organisation_of_key(key: str) -> str:
    """Return the organisation id that belongs to a private key."""
    return str(uuid.uuid5(KEY_SPACE, key))


def require_organisation(request: Request) -> str:
    """Return the caller's organisation id, or raise 401."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    key = key.strip()
    if scheme.lower() != "bearer" or not key:
        raise VapiError(401, "Missing Authorization Header")
    if key.lower().endswith(BAD_SUFFIX):
        raise VapiError(401, VAPI_MESSAGES[401])
    return organisation_of_key(key)


async def read_body(request: Request) -> JsonObject:
    """Return the request's JSON object, or raise 400."""
    body = parse_object(await request.body())
    if body is None:
        raise VapiError(400, "Request body is not a valid JSON object")
    return body
