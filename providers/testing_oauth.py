"""A person in front of a provider's consent page, for tests of whoever connects calendars."""

import base64
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import requests


@dataclass(frozen=True)
class Pkce:
    """A verifier and its S256 challenge."""

    verifier: str
    challenge: str


def new_pkce() -> Pkce:
    """A pair as a real flow makes it."""
    verifier = secrets.token_urlsafe(48)
    digest = hashlib.sha256(verifier.encode()).digest()
    return Pkce(verifier, base64.urlsafe_b64encode(digest).rstrip(b"=").decode())


def answer_consent(
    address: str, *, email: str = "reception@north.example", allow: bool = True, scopes: Sequence[str] = ()
) -> dict[str, str]:
    """Press Allow (with these scopes only, if any) or Deny, and return what the browser brings back."""
    form = [("decision", "allow" if allow else "deny"), ("email", email)]
    form += [("chosen", "1"), *(("scope", scope) for scope in scopes)] if scopes else []
    response = requests.post(address, data=form, allow_redirects=False, timeout=10)
    if response.status_code != requests.codes.found:
        raise AssertionError(f"the consent page refused: {response.status_code} {response.text[:500]}")
    returned = parse_qs(urlsplit(response.headers["Location"]).query)
    return {name: values[0] for name, values in returned.items()}
