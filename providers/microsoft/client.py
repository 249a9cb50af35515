"""Microsoft's identity platform and Graph, as far as connecting an Outlook calendar needs them."""

import base64
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, urlencode

import requests
from django.conf import settings
from msal import ConfidentialClientApplication

from providers import oauth
from providers.microsoft.endpoints import AUTHORITY, AUTHORIZE_PATH, IdentityHttp
from providers.oauth import CalendarInfo, OAuthGrant
from voxanne.errors import Owner, ProviderError, Unavailable
from voxanne.http import ProviderClient, object_of

PROVIDER = "microsoft"
NEEDED_SCOPES = ("Calendars.ReadWrite",)
# The library asks for these with every refresh too; `openid` tells whose calendar it is.
SCOPES = (*NEEDED_SCOPES, "openid", "profile", "email", "offline_access")
_GRAPH = "https://graph.microsoft.com/"


def authorize_url(*, redirect_uri: str, state: str, code_challenge: str, login_hint: str = "") -> str:
    """The address that asks a person for access to their calendar.

    `code_challenge` is the S256 challenge of the verifier that `exchange_code` gets.
    """
    query = {
        "client_id": settings.MICROSOFT_CLIENT_ID,
        "response_type": "code",
        "response_mode": "query",
        "redirect_uri": redirect_uri,
        "scope": " ".join(SCOPES),
        "state": state,
        "prompt": "select_account",
        "code_challenge": code_challenge,
        "code_challenge_method": "S256",
        "nonce": _nonce_of(code_challenge),
    }
    hint = {"login_hint": login_hint} if login_hint else {}
    return f"{settings.MICROSOFT_LOGIN_URL}{AUTHORIZE_PATH}?{urlencode(query | hint)}"


def exchange_code(*, code: str, redirect_uri: str, code_verifier: str) -> OAuthGrant:
    """Turn the code of a consent into a grant, and ask whose it is. `refresh_token` is empty when there was none.

    Raises:
        Unauthorized: `code` `invalid_grant`: the code is used, too old, or not for this verifier.
    """
    application = _application("exchange_code")
    flow = {
        "state": "kept",  # it was compared by whoever kept it; the library wants to see two that are equal
        "redirect_uri": redirect_uri,
        "scope": list(SCOPES),
        "code_verifier": code_verifier,
        "nonce": code_verifier,
    }
    token = _ask_for_token(
        "exchange_code",
        lambda: application.acquire_token_by_auth_code_flow(flow, {"code": code, "state": "kept"}),
    )
    return _read_grant(token)


def refresh(refresh_token: str) -> OAuthGrant:
    """Get a new access token. Microsoft sends a new refresh token each time: the caller stores it.

    Raises:
        Unauthorized: `code` `invalid_grant`: access was taken back or has expired; the person must connect again.
    """
    application = _application("refresh")
    token = _ask_for_token(
        "refresh", lambda: application.acquire_token_by_refresh_token(refresh_token, list(NEEDED_SCOPES))
    )
    return _read_grant({"refresh_token": refresh_token, **token})


def revoke(token: str) -> bool:
    """False: Microsoft lets only the person take a grant back, at account.microsoft.com or myapps.microsoft.com."""
    return False


def read_calendar(access_token: str, *, calendar_id: str = "primary") -> CalendarInfo:
    """Read a calendar's head; `primary` is the person's default one. Its time zone would need a wider scope."""
    path = "/me/calendar" if calendar_id == "primary" else f"/me/calendars/{quote(calendar_id, safe='')}"
    answer = GraphApi(access_token).request("GET", path, operation="read_calendar", params={"$select": "id,name"})
    return CalendarInfo(id=answer["id"], summary=answer.get("name", ""))


class GraphApi(ProviderClient):
    """Microsoft Graph with the access token of a clinic's account. One try each."""

    provider = PROVIDER
    credential_owner = Owner.CLINIC

    def __init__(self, access_token: str, **options: Any) -> None:
        headers = {"Authorization": f"Bearer {access_token}"}
        super().__init__(base_url=settings.MICROSOFT_GRAPH_URL, headers=headers, **{"retry_delays_s": (), **options})

    def code(self, response: requests.Response) -> str:
        """Graph's own word, such as `ErrorItemNotFound`."""
        return _part_of_error(response, "code")

    def describe(self, response: requests.Response) -> str:
        """Graph's own sentence."""
        return _part_of_error(response, "message")[:300]


def _part_of_error(response: requests.Response, name: str) -> str:
    error = object_of(response).get("error")
    return str(error.get(name, "")) if isinstance(error, dict) else ""


def _application(operation: str) -> ConfidentialClientApplication:
    """A fresh application: a kept one would hold every clinic's tokens in memory and answer from its own cache."""
    return ConfidentialClientApplication(
        settings.MICROSOFT_CLIENT_ID,
        client_credential=settings.MICROSOFT_CLIENT_SECRET,
        authority=AUTHORITY,
        instance_discovery=False,
        http_client=IdentityHttp(base_url=settings.MICROSOFT_LOGIN_URL, operation=operation),
    )


def _ask_for_token(operation: str, ask: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any]:
    try:
        token = ask()
    except ValueError as error:
        raise Unavailable(provider=PROVIDER, operation=operation, detail="not JSON") from error
    except RuntimeError as error:
        raise oauth.refusal(
            provider=PROVIDER, operation=operation, code="invalid_grant", detail="not the nonce that was sent"
        ) from error
    if "error" in token:
        raise _refused(operation, token)
    if "access_token" not in token:
        raise Unavailable(provider=PROVIDER, operation=operation, detail="no token in the answer")
    return token


def _refused(operation: str, answer: Mapping[str, Any]) -> ProviderError:
    code, detail = str(answer["error"]), str(answer.get("error_description", ""))
    return oauth.refusal(provider=PROVIDER, operation=operation, code=code, detail=detail)


def _read_grant(token: Mapping[str, Any]) -> OAuthGrant:
    """Graph's scopes come back with or without its address; whose grant it is stands in the identity token."""
    claims = token.get("id_token_claims") or {}
    scopes = str(token.get("scope", "")).replace(_GRAPH, "")
    return oauth.read_grant(
        {**token, "scope": scopes}, email=claims.get("email") or claims.get("preferred_username", "")
    )


def _nonce_of(code_challenge: str) -> str:
    """The nonce that goes with the verifier: the same SHA-256 as the challenge, written as the library compares it."""
    return base64.urlsafe_b64decode(code_challenge + "=").hex()
