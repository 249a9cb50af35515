"""Where Microsoft's identity platform is, and how the library's requests get there."""

import json
from dataclasses import dataclass, field
from typing import Any

import requests

from providers.transport import ProviderAdapter, mount

HOST = "https://login.microsoftonline.com"
# Work, school and personal accounts alike.
AUTHORITY = f"{HOST}/common"
AUTHORIZE_PATH = "/common/oauth2/v2.0/authorize"
_DISCOVERY = {
    "issuer": f"{HOST}/{{tenantid}}/v2.0",
    "authorization_endpoint": f"{HOST}{AUTHORIZE_PATH}",
    "token_endpoint": f"{AUTHORITY}/oauth2/v2.0/token",
}


@dataclass(frozen=True)
class KnownAnswer:
    """An answer that needs no request."""

    text: str
    status_code: int = 200
    headers: dict[str, str] = field(default_factory=dict)

    def raise_for_status(self) -> None:
        """Nothing to raise: it is good."""


class IdentityHttp:
    """What the library asks of an HTTP client. Discovery is answered here: these addresses have never changed, and a
    refresh should not depend on a second request."""

    def __init__(self, *, base_url: str, operation: str) -> None:
        self._session = requests.Session()
        mount(self._session, ProviderAdapter(provider="microsoft", base_url=base_url, operation=operation))

    def get(self, url: str, **options: Any) -> KnownAnswer:
        """The discovery document is all that is ever read."""
        return KnownAnswer(json.dumps(_DISCOVERY))

    def post(self, url: str, **options: Any) -> requests.Response:
        """Ask for a token."""
        return self._session.post(url, **options)

    def close(self) -> None:
        """Let go of the connections."""
        self._session.close()
