"""JSON Web Tokens: who is meant and for which organisation. Whether that still holds is asked of the database each time."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken

from orgs.models import Role, User
from voxanne.errors import NotSignedIn


@dataclass(frozen=True)
class BearerIdentity:
    """What a valid access token says: a person and the organisation that it was issued for."""

    user_id: UUID
    org_id: UUID


def issue_tokens(*, user: User, org_id: UUID, role: Role) -> dict[str, str]:
    """A 15-minute access token and a 7-day refresh token for one person in one organisation."""
    refresh = RefreshToken.for_user(user)
    refresh["app_metadata"] = {"org_id": str(org_id), "role": role.value}
    return {"access": str(refresh.access_token), "refresh": str(refresh)}


def find_bearer_identity(request: HttpRequest) -> BearerIdentity | None:
    """The identity in the `Authorization` header, or None without one.

    Raises:
        NotSignedIn: there is a token and it is expired, forged or of the wrong kind.
    """
    header = request.META.get("HTTP_AUTHORIZATION", "")
    if not header.startswith("Bearer "):
        return None
    try:
        token = AccessToken(header.removeprefix("Bearer ").strip())
        return BearerIdentity(user_id=UUID(token["sub"]), org_id=UUID(token["app_metadata"]["org_id"]))
    except (TokenError, KeyError, TypeError, ValueError) as error:
        raise NotSignedIn("The token is not valid any more. Sign in again.") from error
