"""The signature that Resend's webhooks carry, by the rules of Svix: id, time and body, signed with a shared secret."""

import base64
import binascii
import hmac

from voxanne.clock import now

TOLERANCE_S = 300
_PREFIX = "whsec_"
_VERSION = "v1,"


def is_genuine(*, secret: str, message_id: str, timestamp: str, signatures: str, body: bytes) -> bool:
    """Whether one of the signatures (there are two while a secret is exchanged) is of this very message, sent just now.

    Args:
        secret: as Resend shows it, with its prefix.
        body: the raw bytes.
    """
    if not (message_id and is_recent(timestamp)):
        return False
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error:
        return False
    wanted = sign(key, message_id=message_id, timestamp=timestamp, body=body)
    given = (part.removeprefix(_VERSION) for part in signatures.split() if part.startswith(_VERSION))
    return bool(key) and any(hmac.compare_digest(wanted.encode(), one.encode(errors="replace")) for one in given)


def is_recent(timestamp: str) -> bool:
    """Whether a time in seconds lies within five minutes of now."""
    return timestamp.isdecimal() and len(timestamp) < 12 and abs(now().timestamp() - int(timestamp)) <= TOLERANCE_S


def sign(key: bytes, *, message_id: str, timestamp: str, body: bytes) -> str:
    """The signature, without its version."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    return base64.b64encode(hmac.new(key, signed, "sha256").digest()).decode()
