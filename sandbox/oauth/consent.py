"""The page on which a person allows or denies a client what it asks for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from sandbox.pages.rendering import page

EMAIL = re.compile(r"[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+")
FOUND = 302
DEFAULT_EMAIL = "owner@clinic.example"


@dataclass(frozen=True)
class Decision:
    """What the person decided: with which account, and which of the scopes."""

    allowed: bool
    email: str
    scopes: list[str]


def consent_page(provider: str, query: Mapping[str, str], scopes: list[str], *, error: str = "") -> Response:
    """Show who asks for what. The form goes back to the address it came from."""
    target = urlsplit(query["redirect_uri"])
    return page(
        "consent.html",
        status_code=422 if error else 200,
        form_action=f"{target.scheme}://{target.netloc}",
        provider=provider,
        client_id=query["client_id"],
        scopes=scopes,
        email=query.get("login_hint") or DEFAULT_EMAIL,
        returns_to=f"{target.scheme}://{target.netloc}",
        error=error,
    )


def refusal_page(provider: str, title: str, detail: str, *, status_code: int = 400) -> Response:
    """Show a request that cannot be consented to. The client never hears of it, as at the real provider."""
    return page("consent_refused.html", status_code=status_code, provider=provider, title=title, detail=detail)


async def read_decision(request: Request, asked: list[str]) -> Decision | None:
    """Return what was decided; None when the account is not an email address.

    A form without any `scope` field that does not say it is the page's own (`chosen`) allows everything.
    """
    fields = parse_qsl((await request.body()).decode(errors="replace"))
    form = dict(fields)
    chosen = [value for name, value in fields if name == "scope" and value in asked]
    scopes = chosen if chosen or "chosen" in form else asked
    email = form.get("email", "").strip().lower() or request.query_params.get("login_hint") or DEFAULT_EMAIL
    if not EMAIL.fullmatch(email):
        return None
    return Decision(allowed=form.get("decision") == "allow", email=email, scopes=scopes)


def back_to(redirect_uri: str, values: Mapping[str, str]) -> RedirectResponse:
    """Send the browser back to the client; empty values are left out."""
    query = urlencode({name: value for name, value in values.items() if value})
    joiner = "&" if urlsplit(redirect_uri).query else "?"
    return RedirectResponse(f"{redirect_uri}{joiner}{query}", status_code=FOUND)


def post_back_to(redirect_uri: str, values: Mapping[str, str]) -> Response:
    """Send the browser back with a form of its own (`response_mode=form_post`), by a script or by a button."""
    target = urlsplit(redirect_uri)
    fields = {name: value for name, value in values.items() if value}
    return page(
        "consent_return.html", form_action=f"{target.scheme}://{target.netloc}", address=redirect_uri, fields=fields
    )
