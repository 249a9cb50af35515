"""The way to a calendar provider's page and back: a state that works once, in one browser, for ten minutes."""

import hashlib
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from credentials.errors import SealedTextUnreadable
from credentials.models import OAuthAttempt
from credentials.sealing import seal_for_org, unseal_for_org
from credentials.types import Provider
from orgs.scope import current_org_id, org_tx
from voxanne.clock import now

LIFETIME = timedelta(minutes=10)
# Used and expired states are remembered this long, so that a second visit is told what happened to the first.
REMEMBERED = timedelta(days=1)
STATE_BYTES = 32
VERIFIER_BYTES = 64


class Misfit(StrEnum):
    """Why somebody who came back cannot go on."""

    DENIED = "denied"
    INCOMPLETE = "incomplete"
    UNKNOWN = "unknown"
    FOREIGN = "foreign"
    OTHER_BROWSER = "other_browser"
    REUSED = "reused"
    EXPIRED = "expired"
    CODE_REFUSED = "code_refused"
    NO_REFRESH_TOKEN = "no_refresh_token"  # noqa: S105 - a name
    MISSING_SCOPE = "missing_scope"
    CALENDAR_REFUSED = "calendar_refused"
    UNREACHABLE = "unreachable"


class WrongState(Exception):
    """The state does not fit the person who came back with it. Inside this room only."""

    def __init__(self, misfit: Misfit) -> None:
        self.misfit = misfit
        super().__init__(misfit.value)


@dataclass(frozen=True)
class Traveller:
    """Who goes to the provider: the same person must come back, in the same browser, to the same provider."""

    user_id: UUID
    browser: str
    provider: Provider


@dataclass(frozen=True)
class Departure:
    """What goes to the provider."""

    state: str
    code_challenge: str


def depart(traveller: Traveller) -> Departure:
    """Begin an attempt of the scope's organisation."""
    state, verifier = secrets.token_urlsafe(STATE_BYTES), secrets.token_urlsafe(VERIFIER_BYTES)
    moment, state_hash = now(), _hash(state)
    with org_tx():
        OAuthAttempt.objects.filter(expires_at__lt=moment - REMEMBERED).delete()
        OAuthAttempt.objects.create(
            provider=traveller.provider,
            state_hash=state_hash,
            browser_hash=_hash(traveller.browser),
            user_id=traveller.user_id,
            sealed_verifier=seal_for_org(current_org_id(), purpose=_purpose(state_hash), text=verifier),
            expires_at=moment + LIFETIME,
        )
    return Departure(state=state, code_challenge=challenge_of(verifier))


def arrive(traveller: Traveller, state: str) -> str:
    """Use a state up and return its PKCE verifier. Of two arrivals at once only one gets it.

    Raises:
        WrongState: it was never begun in this organisation, or not by this person, in this browser, for this provider;
            or it was used or has expired. Somebody else's state is left as it is.
    """
    with org_tx():
        attempt = OAuthAttempt.objects.select_for_update().filter(state_hash=_hash(state)).first()
        if attempt is None:
            raise WrongState(Misfit.UNKNOWN)
        if attempt.user_id != traveller.user_id or attempt.provider != traveller.provider:
            raise WrongState(Misfit.FOREIGN)
        if not secrets.compare_digest(attempt.browser_hash, _hash(traveller.browser)):
            raise WrongState(Misfit.OTHER_BROWSER)
        if attempt.used_at is not None:
            raise WrongState(Misfit.REUSED)
        if attempt.expires_at <= now():
            raise WrongState(Misfit.EXPIRED)
        sealed = attempt.sealed_verifier
        attempt.used_at, attempt.sealed_verifier = now(), ""
        attempt.save(update_fields=["used_at", "sealed_verifier", "updated_at"])
        try:
            return unseal_for_org(current_org_id(), purpose=_purpose(attempt.state_hash), sealed=sealed)
        except SealedTextUnreadable as damaged:
            raise WrongState(Misfit.UNKNOWN) from damaged


def challenge_of(verifier: str) -> str:
    """The S256 challenge of a PKCE verifier (RFC 7636)."""
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _purpose(state_hash: str) -> str:
    """What a verifier is sealed for: one attempt, so that it opens nowhere else."""
    return f"oauth_attempts.sealed_verifier {state_hash}"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
