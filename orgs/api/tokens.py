"""JSON Web Tokens: who is meant, for which organisation. Whether that still holds, the database says each time."""

import hashlib
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

import structlog
from django.db import transaction
from django.http import HttpRequest
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken, Token
from rest_framework_simplejwt.utils import datetime_from_epoch

from orgs.models import Role
from orgs.querysets import MembershipFact, find_membership
from voxanne.clock import now
from voxanne.errors import NotSignedIn

log = structlog.get_logger(__name__)
TOKEN_ENDED = "The token is not valid any more. Sign in again."  # noqa: S105 - words for people


@dataclass(frozen=True)
class BearerIdentity:
    """What a valid access token says: a person and the organisation that it was issued for."""

    user_id: UUID
    org_id: UUID


class _RefreshToken(RefreshToken):
    """Signature, kind and age only: whether it was used is decided by the insert that uses it up."""

    def check_blacklist(self) -> None:
        """Left to `_blacklist`, which cannot be raced."""


def issue_tokens(*, user_id: UUID, org_id: UUID, role: Role) -> dict[str, str]:
    """A 15-minute access token and a 7-day refresh token for one person in one organisation."""
    refresh = _RefreshToken()
    refresh["sub"] = str(user_id)
    refresh["app_metadata"] = {"org_id": str(org_id), "role": role.value}
    OutstandingToken.objects.create(
        user_id=user_id,
        jti=refresh["jti"],
        token=_fingerprint(refresh),
        created_at=now(),
        expires_at=datetime_from_epoch(refresh["exp"]),
    )
    return {"access": str(refresh.access_token), "refresh": str(refresh)}


def rotate_tokens(token: str) -> dict[str, str]:
    """Exchange a refresh token, once, for a new pair with the role that the person has today.

    A token that comes a second time has been copied: everything issued to that person is revoked.

    Raises:
        NotSignedIn: the token is expired, forged or used, or the membership has ended.
    """
    refresh = _read(token)
    identity = _identity(refresh)
    with transaction.atomic():
        first_use = _blacklist(refresh["jti"])
        if not first_use:
            revoke_all_tokens(identity.user_id)
    if not first_use:
        log.warning("auth.token_reused", user=str(identity.user_id))
        raise NotSignedIn(TOKEN_ENDED)
    membership = access_membership(identity)
    return issue_tokens(user_id=identity.user_id, org_id=identity.org_id, role=membership.role)


def revoke_token(token: str) -> None:
    """End a refresh token. Asking again, or for a token that never was, changes nothing and says nothing."""
    try:
        refresh = _read(token)
    except NotSignedIn:
        return
    _blacklist(refresh["jti"])


def revoke_all_tokens(user_id: UUID) -> None:
    """End every refresh token of a person; access tokens run out by themselves within 15 minutes."""
    open_tokens = OutstandingToken.objects.filter(user_id=user_id, blacklistedtoken__isnull=True)
    BlacklistedToken.objects.bulk_create(
        [BlacklistedToken(token=token) for token in open_tokens], ignore_conflicts=True
    )


def find_bearer_identity(request: HttpRequest) -> BearerIdentity | None:
    """The identity in the `Authorization` header, or None without one.

    Raises:
        NotSignedIn: there is a token and it is expired, forged or of the wrong kind.
    """
    header = request.META.get("HTTP_AUTHORIZATION", "")
    if not header.startswith("Bearer "):
        return None
    try:
        return _identity(AccessToken(header.removeprefix("Bearer ").strip()))
    except TokenError as error:
        raise NotSignedIn(TOKEN_ENDED) from error


def access_membership(identity: BearerIdentity) -> MembershipFact:
    """The membership that a token stands for, as it is today.

    Raises:
        NotSignedIn: it has ended since the token was issued.
    """
    membership = find_membership(user_id=identity.user_id, org_id=identity.org_id)
    if membership is None:
        raise NotSignedIn("Your access to this organisation has ended.")
    return membership


def _read(token: str) -> "_RefreshToken":
    try:
        return _RefreshToken(cast("Any", token))
    except TokenError as error:
        raise NotSignedIn(TOKEN_ENDED) from error


def _identity(token: Token) -> BearerIdentity:
    try:
        return BearerIdentity(user_id=UUID(token["sub"]), org_id=UUID(token["app_metadata"]["org_id"]))
    except (KeyError, TypeError, ValueError) as error:
        raise NotSignedIn(TOKEN_ENDED) from error


def _blacklist(jti: str) -> bool:
    """Mark a refresh token as used; False when it was already, or was never issued."""
    token = OutstandingToken.objects.filter(jti=jti).first()
    if token is None:
        return False
    _, created = BlacklistedToken.objects.get_or_create(token=token)
    return created


def _fingerprint(token: Token) -> str:
    """What is kept of a token: enough to recognise it, useless to who reads the table."""
    return hashlib.sha256(str(token).encode()).hexdigest()
