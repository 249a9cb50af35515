"""What a product and its browser do to get tokens of a calendar account."""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx

REDIRECT = "http://127.0.0.1:8000/callback"
EMAIL = "ana@clinic.example"


@dataclass(frozen=True)
class Endpoints:
    """Where a provider's consent page and tokens are, below the sandbox's address."""

    page: str
    token: str
    scope: str


CALENDAR = "https://www.googleapis.com/auth/calendar"
GOOGLE = Endpoints(
    "/google/o/oauth2/v2/auth",
    "/google/token",
    f"{CALENDAR}.events {CALENDAR}.freebusy https://www.googleapis.com/auth/userinfo.email",
)
MICROSOFT = Endpoints(
    "/microsoft/common/oauth2/v2.0/authorize",
    "/microsoft/common/oauth2/v2.0/token",
    "openid offline_access User.Read Calendars.ReadWrite",
)


class Person:
    """Somebody with a browser and an account, at the page of one client."""

    def __init__(self, http: httpx.Client, endpoints: Endpoints) -> None:
        self.http = http
        self.endpoints = endpoints
        self.verifier = secrets.token_urlsafe(48)

    def query(self, **change: str | None) -> str:
        """Return the address of the page; None leaves a parameter out."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        asked: dict[str, str | None] = {
            "client_id": "client-1",
            "redirect_uri": REDIRECT,
            "response_type": "code",
            "scope": self.endpoints.scope,
            "state": "state-1",
            "access_type": "offline",
            "prompt": "consent",
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
            **change,
        }
        return f"{self.endpoints.page}?{urlencode({name: value for name, value in asked.items() if value is not None})}"

    def decide(self, decision: str = "allow", *, email: str = EMAIL, form: Any = None, **change: str | None) -> Any:
        """Press a button and return what the browser carries back to the client."""
        data = {"decision": decision, "email": email, **(form or {})}
        response = self.http.post(self.query(**change), data=data)
        assert response.status_code == 302, response.text
        return {name: values[0] for name, values in parse_qs(urlsplit(response.headers["location"]).query).items()}

    def exchange(self, code: str, **change: str | None) -> httpx.Response:
        """Redeem a code."""
        return self._ask(
            {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT,
             "code_verifier": self.verifier, **change}
        )  # fmt: skip

    def refresh(self, token: str, **change: str | None) -> httpx.Response:
        """Redeem a refresh token."""
        return self._ask({"grant_type": "refresh_token", "refresh_token": token, **change})

    def tokens(self, **change: Any) -> dict[str, Any]:
        """Allow everything and return the tokens."""
        response = self.exchange(self.decide(**change)["code"])
        assert response.status_code == 200, response.text
        found: dict[str, Any] = response.json()
        return found

    def _ask(self, form: dict[str, str | None]) -> httpx.Response:
        full = {"client_id": "client-1", "client_secret": "secret-1", **form}
        return self.http.post(
            self.endpoints.token, data={key: value for key, value in full.items() if value is not None}
        )


class Api:
    """Requests with an access token."""

    def __init__(self, http: httpx.Client, base: str, token: str) -> None:
        self.http = http
        self.base = base
        self.headers = {"Authorization": f"Bearer {token}"}

    def __call__(self, method: str, path: str, body: Any = None, **more: Any) -> httpx.Response:
        headers = {**self.headers, **more.pop("headers", {})}
        url = path if path.startswith("http") else f"{self.base}{path}"
        return self.http.request(method, url, json=body, headers=headers, **more)
