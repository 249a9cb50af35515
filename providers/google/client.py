"""Google's OAuth and Calendar, as far as connecting a calendar needs them."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import requests
from django.conf import settings
from oauthlib.oauth2 import OAuth2Error
from requests_oauthlib import OAuth2Session

from providers import oauth
from providers.oauth import CalendarInfo, OAuthGrant
from providers.transport import ProviderAdapter, mount
from voxanne.errors import Owner, ProviderError, RateLimited, Rejected, Unavailable
from voxanne.http import ProviderClient, object_of

PROVIDER = "google"
NEEDED_SCOPES = (
    "https://www.googleapis.com/auth/calendar.events",
    "https://www.googleapis.com/auth/calendar.freebusy",
)
SCOPES = (*NEEDED_SCOPES, "https://www.googleapis.com/auth/userinfo.email")
AUTHORIZE_URL = "https://accounts.google.com/o/oauth2/v2/auth"
TOKEN_URL = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address

_TOO_MANY = {"rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded"}
_NOT_ENABLED = {"accessNotConfigured", "SERVICE_DISABLED"}


def authorize_url(*, redirect_uri: str, state: str, code_challenge: str, login_hint: str = "") -> str:
    """The address that asks a person for access, with consent each time: only then is there a refresh token.

    `code_challenge` is the S256 challenge of the verifier that `exchange_code` gets.
    """
    session = OAuth2Session(settings.GOOGLE_CLIENT_ID, redirect_uri=redirect_uri, scope=list(SCOPES))
    hint = {"login_hint": login_hint} if login_hint else {}
    address, _ = session.authorization_url(
        AUTHORIZE_URL,
        state=state,
        access_type="offline",
        prompt="consent",
        include_granted_scopes="true",
        code_challenge=code_challenge,
        code_challenge_method="S256",
        **hint,
    )
    return f"{settings.GOOGLE_ACCOUNTS_URL}{str(address).removeprefix('https://accounts.google.com')}"


def exchange_code(*, code: str, redirect_uri: str, code_verifier: str) -> OAuthGrant:
    """Turn the code of a consent into a grant, and ask whose it is. `refresh_token` is empty when Google sent none.

    Raises:
        Unauthorized: `code` `invalid_grant`: the code is used, too old, or not for this verifier.
    """
    session = _session("exchange_code", redirect_uri=redirect_uri)
    token = _ask_for_token(
        session.fetch_token,
        "exchange_code",
        code=code,
        code_verifier=code_verifier,
        client_secret=settings.GOOGLE_CLIENT_SECRET,
        include_client_id=True,
    )
    return oauth.read_grant(token, email=_read_email(token["access_token"]))


def refresh(refresh_token: str) -> OAuthGrant:
    """Get a new access token. `refresh_token` of the answer is the one given, unless Google sent another.

    Raises:
        Unauthorized: `code` `invalid_grant`: access was taken back or has expired; the person must connect again.
    """
    token = _ask_for_token(
        _session("refresh").refresh_token,
        "refresh",
        refresh_token=refresh_token,
        client_id=settings.GOOGLE_CLIENT_ID,
        client_secret=settings.GOOGLE_CLIENT_SECRET,
    )
    return oauth.read_grant(token)


def revoke(token: str) -> bool:
    """Make Google forget the whole grant that a refresh or access token belongs to. True: it is gone there."""
    try:
        GoogleApi(settings.GOOGLE_OAUTH_URL).request("POST", "/revoke", operation="revoke", form={"token": token})
    except Rejected as refused:
        if refused.code != "invalid_token":
            raise
    return True


def read_calendar(access_token: str, *, calendar_id: str = "primary") -> CalendarInfo:
    """Read a calendar's head. The events' list carries it, and needs no scope beyond the events' own."""
    answer = GoogleApi(settings.GOOGLE_API_URL, access_token=access_token).request(
        "GET",
        f"/calendar/v3/calendars/{quote(calendar_id, safe='')}/events",
        operation="read_calendar",
        params={"maxResults": "1", "fields": "summary,timeZone"},
    )
    return CalendarInfo(id=calendar_id, summary=answer.get("summary", ""), time_zone=answer.get("timeZone", ""))


class GoogleApi(ProviderClient):
    """One of Google's REST addresses, with the access token of a clinic's account. One try each."""

    provider = PROVIDER
    credential_owner = Owner.CLINIC

    def __init__(self, base_url: str, *, access_token: str = "", **options: Any) -> None:
        headers = {"Authorization": f"Bearer {access_token}"} if access_token else {}
        super().__init__(base_url=base_url, headers=headers, **{"retry_delays_s": (), **options})

    def classify(self, status: int, code: str) -> tuple[type[ProviderError], Owner]:
        """Google answers 403 also for too many requests, and for an API that our project has not switched on."""
        if status == 403 and code in _TOO_MANY:
            return RateLimited, Owner.PROVIDER
        if status == 403 and code in _NOT_ENABLED:
            return Rejected, Owner.US
        return super().classify(status, code)

    def code(self, response: requests.Response) -> str:
        """The reason: a word in OAuth answers, the first of a list in those of the APIs."""
        error = _error_of(response)
        if not isinstance(error, dict):
            return str(error or "")
        reasons = error.get("errors") or [{}]
        return str(reasons[0].get("reason") or error.get("status") or "")

    def describe(self, response: requests.Response) -> str:
        """Google's own sentence."""
        error = _error_of(response)
        return str(error.get("message", ""))[:300] if isinstance(error, dict) else str(error or "")[:300]


def _error_of(response: requests.Response) -> Any:
    return object_of(response).get("error")


def _session(operation: str, *, redirect_uri: str = "") -> OAuth2Session:
    """A session for one token request. It names no scope: Google may grant fewer, and the caller looks at them."""
    session = OAuth2Session(settings.GOOGLE_CLIENT_ID, redirect_uri=redirect_uri or None)
    mount(session, ProviderAdapter(provider=PROVIDER, base_url=settings.GOOGLE_OAUTH_URL, operation=operation))
    return session


def _ask_for_token(ask: Any, operation: str, **arguments: Any) -> Mapping[str, Any]:
    try:
        token: Mapping[str, Any] = ask(TOKEN_URL, **arguments)
    except OAuth2Error as error:
        code = str(error.error or "")
        if code == "missing_token":
            raise Unavailable(provider=PROVIDER, operation=operation, detail="no token in the answer") from error
        raise oauth.refusal(
            provider=PROVIDER, operation=operation, code=code, detail=str(error.description or "")
        ) from error
    return token


def _read_email(access_token: str) -> str:
    api = GoogleApi(settings.GOOGLE_API_URL, access_token=access_token)
    return str(api.request("GET", "/oauth2/v3/userinfo", operation="read_email").get("email", ""))
