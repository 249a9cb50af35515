"""Is this message really Vapi's? Constant time, raw bytes, every allowed form (reference vapi, 2.1–2.2)."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest

from calls.ingress.messages import as_datetime
from voxanne.clock import now

TOLERANCE_S = 300


@dataclass(frozen=True)
class Presented:
    """What a request shows to prove itself."""

    secret: str
    signature: str
    timestamp: str

    @classmethod
    def by(cls, request: HttpRequest) -> "Presented":
        """What its headers say. Each is asked by its name: `request.headers` would read all that there are first."""
        shown = request.META.get
        authorization = shown("HTTP_AUTHORIZATION", "")
        bearer = authorization.removeprefix("Bearer ").strip() if authorization.startswith("Bearer ") else ""
        return cls(
            secret=shown("HTTP_X_VAPI_SECRET", "").strip() or bearer,
            signature=(shown("HTTP_X_VAPI_SIGNATURE", "") or shown("HTTP_X_SIGNATURE", "")).strip(),
            timestamp=(shown("HTTP_X_VAPI_TIMESTAMP", "") or shown("HTTP_X_TIMESTAMP", "")).strip(),
        )

    @property
    def is_empty(self) -> bool:
        """Nothing was shown at all."""
        return not (self.secret or self.signature)


def secret_matches(presented: Presented, *secrets: str) -> bool:
    """Whether the shown secret is one of these. All are compared, so that time tells nothing."""
    shown = presented.secret.encode()
    results = [bool(shown) and bool(secret) and hmac.compare_digest(shown, secret.encode()) for secret in secrets]
    return any(results)


def signature_matches(presented: Presented, raw: bytes, *secrets: str) -> bool:
    """Whether HMAC-SHA256 over `{timestamp}.{body}` fits one of these secrets and the timestamp is within ±5 minutes.

    Vapi does not say whether the timestamp is seconds or milliseconds: both are accepted.
    """
    moment = as_datetime(presented.timestamp)
    if not presented.signature or moment is None or abs((now() - moment).total_seconds()) > TOLERANCE_S:
        return False
    shown = presented.signature.removeprefix("sha256=").lower().encode()
    signed = presented.timestamp.encode() + b"." + raw
    results = [
        hmac.compare_digest(shown, hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest().encode())
        for secret in secrets
        if secret
    ]
    return any(results)


def sign(raw: bytes, *, secret: str, moment: datetime) -> dict[str, str]:
    """The headers with which Vapi would prove a message where a clinic has its messages signed."""
    timestamp = str(int(moment.timestamp()))
    signature = hmac.new(secret.encode(), timestamp.encode() + b"." + raw, hashlib.sha256).hexdigest()
    return {"X-Vapi-Signature": signature, "X-Vapi-Timestamp": timestamp}
