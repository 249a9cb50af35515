"""How Vapi proves itself to a webhook: the headers that a credential adds to a delivery."""

import base64
import hashlib
import hmac
import uuid

from sandbox.json_types import JsonObject


def authentication_headers(plan: JsonObject, *, body: bytes, url: str, timestamp: int) -> dict[str, str]:
    """Return the headers of one delivery attempt. `timestamp` is in seconds; an empty plan adds nothing."""
    if plan.get("type") == "bearer":
        return _bearer(plan)
    if plan.get("type") == "hmac":
        return _hmac(plan, body=body, url=url, timestamp=timestamp)
    return {}


def _bearer(plan: JsonObject) -> dict[str, str]:
    token = str(plan["token"])
    value = f"Bearer {token}" if plan.get("bearerPrefixEnabled", True) else token
    return {str(plan.get("headerName") or "Authorization"): value}


def _hmac(plan: JsonObject, *, body: bytes, url: str, timestamp: int) -> dict[str, str]:
    message_id = f"msg_{uuid.uuid4().hex}"
    with_timestamp = plan.get("includeTimestamp", True)
    default_format = "{timestamp}.{body}" if with_timestamp else "{body}"
    signed = _fill(
        str(plan.get("payloadFormat") or default_format),
        {
            "{timestamp}": str(timestamp).encode(),
            "{body}": body,
            "{method}": b"POST",
            "{url}": url.encode(),
            "{svix-id}": message_id.encode(),
        },
    )
    headers = {str(plan.get("signatureHeader") or "x-signature"): _signature(plan, signed)}
    if with_timestamp:
        headers[str(plan.get("timestampHeader") or "x-timestamp")] = str(timestamp)
    if plan.get("messageIdHeader"):
        headers[str(plan["messageIdHeader"])] = message_id
    return headers


def _fill(template: str, parts: dict[str, bytes]) -> bytes:
    """Replace each placeholder once, without looking inside what was put in."""
    filled, rest = b"", template
    while rest:
        placeholder = next((name for name in parts if rest.startswith(name)), None)
        filled += parts[placeholder] if placeholder else rest[0].encode()
        rest = rest[len(placeholder) if placeholder else 1 :]
    return filled


def _signature(plan: JsonObject, signed: bytes) -> str:
    secret = str(plan["secretKey"])
    key = base64.b64decode(secret) if plan.get("secretIsBase64") else secret.encode()
    digest = hmac.new(key, signed, getattr(hashlib, str(plan.get("algorithm", "sha256")))).digest()
    encoded = base64.b64encode(digest).decode() if plan.get("signatureEncoding") == "base64" else digest.hex()
    return f"{plan.get('signaturePrefix') or ''}{encoded}"
