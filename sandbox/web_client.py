"""Sending HTTP requests to the product: one pool of connections, no redirects, no proxies."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

import aiohttp

MAX_CONNECTIONS = 500
KEEPALIVE_S = 2.0
"""Shorter than any server keeps a connection open, so that none is used in the moment in which it is closed."""


class NotDeliveredError(Exception):
    """Nothing came back; the message says why."""


@dataclass(frozen=True)
class WebAnswer:
    """What came back."""

    status_code: int
    text: str


class WebClient:
    """A pool of connections, opened by its first request."""

    def __init__(self) -> None:
        """Open nothing yet: a session belongs to the loop that it is made in."""
        self._session: aiohttp.ClientSession | None = None

    async def send(
        self, url: str, *, content: bytes, headers: Mapping[str, str], timeout_s: float, method: str = "POST"
    ) -> WebAnswer:
        """Send a request and return the answer, or raise NotDeliveredError."""
        try:
            async with (
                asyncio.timeout(timeout_s),
                self._open().request(
                    method, url, data=content or None, headers=headers, allow_redirects=False
                ) as response,
            ):
                return WebAnswer(response.status, (await response.read()).decode(errors="replace"))
        except TimeoutError as error:
            raise NotDeliveredError(f"no answer within {timeout_s:g} s") from error
        except (aiohttp.ClientError, ValueError) as error:
            raise NotDeliveredError(f"{type(error).__name__}: {error}") from error

    async def close(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=MAX_CONNECTIONS, keepalive_timeout=KEEPALIVE_S)
            unlimited = aiohttp.ClientTimeout()
            self._session = aiohttp.ClientSession(
                connector=connector, timeout=unlimited, cookie_jar=aiohttp.DummyCookieJar()
            )
        return self._session
