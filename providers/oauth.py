"""What the two calendar providers have in common: a grant, a calendar, and how their answers are read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from voxanne import clock
from voxanne.errors import Owner, ProviderError, Rejected, Unauthorized

# What an access token lives when the provider does not say (RFC 6749 lets it).
DEFAULT_LIFETIME_S = 3600


@dataclass(frozen=True)
class OAuthGrant:
    """What somebody allowed us. The tokens are secrets and never appear in a `repr`.

    `refresh_token` is empty when the provider sent none; `email` is empty after a refresh.
    """

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_at: datetime
    scopes: tuple[str, ...]
    email: str = ""


@dataclass(frozen=True)
class CalendarInfo:
    """A calendar that can be read. `time_zone` is an IANA name, or empty when the provider does not tell."""

    id: str
    summary: str
    time_zone: str = ""


def read_grant(token: Mapping[str, Any], *, email: str = "") -> OAuthGrant:
    """Read a token answer that has an access token."""
    scopes = token.get("scope") or ()
    lifetime_s = int(token.get("expires_in") or DEFAULT_LIFETIME_S)
    return OAuthGrant(
        access_token=str(token["access_token"]),
        refresh_token=str(token.get("refresh_token") or ""),
        expires_at=clock.now() + timedelta(seconds=lifetime_s),
        scopes=tuple(scopes.split() if isinstance(scopes, str) else scopes),
        email=email,
    )


def refusal(*, provider: str, operation: str, code: str, detail: str) -> ProviderError:
    """The error that an OAuth error code stands for.

    The person who connects has to act when the grant is over or was denied; everything else is our registration.
    """
    match code:
        case "invalid_grant" | "interaction_required" | "consent_required" | "login_required":
            kind: type[ProviderError] = Unauthorized
            owner = Owner.CLINIC
        case "invalid_client" | "unauthorized_client":
            kind, owner = Unauthorized, Owner.US
        case _:
            kind, owner = Rejected, Owner.US
    return kind(provider=provider, operation=operation, owner=owner, code=code, detail=detail[:300])
