"""Resend's refusals, and whose key opens what."""

import hashlib

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.vapi.access import BAD_SUFFIX

SENDING_ONLY = "sendonly"


class ResendError(Exception):
    """A refusal in Resend's form."""

    def __init__(self, status_code: int, name: str, message: str) -> None:
        """Remember what to answer."""
        super().__init__(message)
        self.status_code = status_code
        self.name = name
        self.message = message


async def refuse(_request: Request, error: Exception) -> Response:
    """Turn a refusal into its response."""
    if not isinstance(error, ResendError):
        raise error
    body = {"statusCode": error.status_code, "name": error.name, "message": error.message}
    return JSONResponse(body, status_code=error.status_code)


def account_of(request: Request) -> str:
    """Return a name for the account that a request's key opens, which does not tell the key."""
    key = request.headers.get("authorization", "").partition(" ")[2].strip()
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def require_key(request: Request, *, full_access: bool = False) -> None:
    """Refuse a missing key, one that ends in `bad`, and where full access is needed one that ends in `sendonly`."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    key = key.strip().lower()
    if scheme.lower() != "bearer" or not key:
        raise ResendError(401, "missing_api_key", "Missing API Key")
    if key.endswith(BAD_SUFFIX):
        raise ResendError(403, "invalid_api_key", "API key is invalid")
    if full_access and key.endswith(SENDING_ONLY):
        raise ResendError(401, "restricted_api_key", "This API key is restricted to only send emails")
