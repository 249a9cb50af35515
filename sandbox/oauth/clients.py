"""The client's id and secret, which come in the form or as HTTP Basic."""

import base64
import binascii
from urllib.parse import unquote_plus

from starlette.requests import Request

from sandbox.forms import read_form


async def read_token_form(request: Request) -> dict[str, str]:
    """Return the form of a token request; what HTTP Basic says about the client fills in what the form lacks."""
    form = await read_form(request)
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return form
    try:
        name, _, secret = base64.b64decode(encoded).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return form
    return {"client_id": unquote_plus(name), "client_secret": unquote_plus(secret), **form}
