"""Identity tokens. They are not signed: who receives one over its own connection need not check a signature."""

import base64

from sandbox.json_types import JsonObject, dumps


def encode_segment(value: JsonObject) -> str:
    """Write JSON in the base64 of tokens, without padding."""
    return base64.urlsafe_b64encode(dumps(value).encode()).rstrip(b"=").decode()


def unsigned_jwt(claims: JsonObject) -> str:
    """Return a JSON Web Token with an empty signature."""
    return f"{encode_segment({'alg': 'none', 'typ': 'JWT'})}.{encode_segment(claims)}."
