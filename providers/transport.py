"""The way out for official libraries: our timeout, our errors, our log, and another address where one is set.

The libraries speak to the provider's real address and know nothing of this. `ProviderClient` is for everything else.
"""

import logging
import time
from typing import Any
from urllib.parse import urlsplit

import requests
import structlog
from requests.adapters import HTTPAdapter

from voxanne.errors import Owner, RateLimited, Timeout, Unavailable
from voxanne.http import TIMEOUT_S, measured

log = structlog.get_logger(__name__)

# These write whole requests to their loggers, tokens and patients' numbers included.
for _talkative in ("requests_oauthlib", "oauthlib", "msal", "twilio"):
    logging.getLogger(_talkative).setLevel(logging.WARNING)


class ProviderAdapter(HTTPAdapter):
    """Sends a library's requests, one try each.

    Args:
        base_url: where to send them instead of to the address that the library names; empty keeps that one.
        operation: what is being done, for errors and the log; the user of the library sets it before each call.

    Raises:
        Timeout: no answer within `timeout_s`, by default ten seconds.
        Unavailable: not reached, or 5xx.
        RateLimited: 429. Every other answer is left to the library.
    """

    def __init__(
        self, *, provider: str, base_url: str = "", operation: str = "", timeout_s: float | None = None
    ) -> None:
        super().__init__()
        self.operation = operation
        self._provider = provider
        self._base_url = base_url
        self._timeout_s = TIMEOUT_S if timeout_s is None else timeout_s

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        """Send one request and read its whole answer."""
        if self._base_url:
            _redirect(request, self._base_url)
        with measured(self._provider, self.operation) as call:
            response = self._send_once(request, *args, **options)
            call.answered_with(response.status_code)
        return response

    def _send_once(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        started = time.perf_counter()
        options["timeout"] = self._timeout_s
        try:
            response = super().send(request, *args, **options)
            response.content  # noqa: B018 - read here, so that an answer that breaks off counts as not reached
        except requests.Timeout as error:
            raise Timeout(provider=self._provider, operation=self.operation) from error
        except requests.RequestException as error:
            detail = type(error).__name__
            raise Unavailable(provider=self._provider, operation=self.operation, detail=detail) from error
        self._note(response.status_code, started)
        self._raise_if_down(response)
        return response

    def _note(self, status: int, started: float) -> None:
        ms = round((time.perf_counter() - started) * 1000)
        log.info("provider.call", provider=self._provider, operation=self.operation, status=status, ms=ms)

    def _raise_if_down(self, response: requests.Response) -> None:
        if response.status_code == requests.codes.too_many_requests:
            kind: type[RateLimited | Unavailable] = RateLimited
        elif response.status_code >= requests.codes.internal_server_error:
            kind = Unavailable
        else:
            return
        raise kind(
            provider=self._provider,
            operation=self.operation,
            owner=Owner.PROVIDER,
            status=response.status_code,
            detail=response.text[:300],
        )


def mount(session: requests.Session, adapter: ProviderAdapter) -> None:
    """Make everything that a library's session sends go through the adapter, and nothing through a proxy."""
    session.trust_env = False
    session.mount("https://", adapter)
    session.mount("http://", adapter)


def _redirect(request: requests.PreparedRequest, base_url: str) -> None:
    """Exchange scheme and host for the base URL; the simulator learns the host from a header."""
    meant = urlsplit(str(request.url))
    if base_url == f"{meant.scheme}://{meant.netloc}":
        return
    query = f"?{meant.query}" if meant.query else ""
    request.headers["X-Original-Host"] = meant.netloc
    request.url = f"{base_url}{meant.path}{query}"
