"""`GET /live`: an organisation's changes as server-sent events, for its signed-in members only.

The events carry ids, never patient data; a browser that receives one asks the site for the fragment to show. Access is
settled by the function that `voxanne.asgi` hands in, and settled again while the stream is open.
"""

import asyncio
import random
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

import structlog
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connections
from redis.exceptions import RedisError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from voxanne.errors import DomainError
from voxanne.live.hub import Hub, Subscription
from voxanne.metrics import gauge

log = structlog.get_logger(__name__)

STREAMS = gauge("live_streams", "Dashboards that follow live events.")

_MILLISECONDS = re.compile(r"[0-9]{1,15}\Z")

# From a session key to the organisation whose events it may follow; raises a DomainError (401, 403).
FindViewer = Callable[[str], UUID]


@dataclass(frozen=True)
class Timing:
    """Seconds between two signs of life, and between two looks at whether access has ended."""

    heartbeat_s: float = 15.0
    recheck_s: float = 30.0


@dataclass(frozen=True)
class Viewer:
    """One browser that follows an organisation."""

    org_id: UUID
    session_key: str
    after: str
    since_ms: int


def create_app(
    find_viewer: FindViewer, *, redis_url: str = "", timing: Timing | None = None, beside: Sequence[BaseRoute] = ()
) -> Starlette:
    """Return the ASGI application. Its Redis reader runs while the server does.

    Args:
        beside: what else the process serves: answers that last, for which web threads are too few.
    """
    hub = Hub(redis_url or settings.REDIS_URL)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        reader = asyncio.create_task(hub.run())
        with suppress(TimeoutError):  # Redis may be away: the process serves refusals until it is back
            await asyncio.wait_for(hub.connected.wait(), 2)
        yield
        reader.cancel()
        with suppress(asyncio.CancelledError):
            await reader
        await hub.close()

    live = LiveEndpoint(hub, find_viewer, timing or Timing())
    return Starlette(
        lifespan=lifespan,
        routes=[Route("/live", live.open, methods=["GET"]), Route("/health", _health, methods=["GET"]), *beside],
    )


def _since_ms(request: Request) -> int:
    """When the page was rendered, as `voxanne.ui.context` wrote it into the address."""
    since = request.query_params.get("since", "")
    return int(since) if _MILLISECONDS.match(since) else 0


async def _health(_: Request) -> Response:
    return JSONResponse({"status": "ok"})


class LiveEndpoint:
    """Decides who may follow what, and keeps deciding while they do."""

    def __init__(self, hub: Hub, find_viewer: FindViewer, timing: Timing) -> None:
        self._hub = hub
        self._find_viewer = find_viewer
        self._timing = timing

    async def open(self, request: Request) -> Response:
        """Answer with the stream, or with the reason why not."""
        headers = cors_headers(request.headers.get("origin"))
        if headers is None:
            return _refusal(403, "forbidden", "This site may not read these events.", {})
        session_key = request.cookies.get(settings.SESSION_COOKIE_NAME, "")
        try:
            org_id = await asyncio.to_thread(self._settle, session_key)
        except DomainError as refused:
            return _refusal(refused.http_status, refused.code, refused.message, headers)
        except DatabaseError:
            log.warning("live.database_lost")
            return _refusal(503, "unavailable", "Live updates are not available at the moment.", headers)
        if not self._hub.connected.is_set():
            return _refusal(503, "unavailable", "Live updates are not available at the moment.", headers)
        viewer = Viewer(org_id, session_key, request.headers.get("last-event-id", ""), _since_ms(request))
        return EventStream(lambda send: self._serve(viewer, send), headers)

    async def _serve(self, viewer: Viewer, send: Callable[[bytes], Awaitable[None]]) -> None:
        """Send events until the access ends. Browsers come back by themselves, at slightly different times."""
        try:
            async with self._hub.subscribe(viewer.org_id, after=viewer.after, since_ms=viewer.since_ms) as subscription:
                retry_ms = random.randint(1000, 4000)  # noqa: S311 - spreads load, guards nothing
                await send(f"retry: {retry_ms}\nid: {subscription.last}\n\n".encode())
                with STREAMS.track_inprogress():
                    await self._pass_on(viewer, subscription, send)
        except RedisError as error:
            log.warning("live.stream_lost", error=type(error).__name__)

    async def _pass_on(
        self, viewer: Viewer, subscription: Subscription, send: Callable[[bytes], Awaitable[None]]
    ) -> None:
        checked = time.monotonic()
        while True:
            event = await subscription.next(timeout_s=min(self._timing.heartbeat_s, self._timing.recheck_s))
            if time.monotonic() - checked >= self._timing.recheck_s:
                if not await self._still_allowed(viewer):
                    return
                checked = time.monotonic()
            await send(event.encode() if event else b": still here\n\n")

    async def _still_allowed(self, viewer: Viewer) -> bool:
        try:
            return await asyncio.to_thread(self._settle, viewer.session_key) == viewer.org_id
        except (DomainError, DatabaseError):
            return False

    def _settle(self, session_key: str) -> UUID:
        try:
            return self._find_viewer(session_key)
        finally:
            connections.close_all()


class EventStream(Response):
    """A response that goes on until its work ends or the browser goes away, and then always cleans up."""

    def __init__(
        self, work: Callable[[Callable[[bytes], Awaitable[None]]], Awaitable[None]], headers: dict[str, str]
    ) -> None:
        super().__init__(headers={**headers, "X-Accel-Buffering": "no"}, media_type="text/event-stream")
        del self.headers["content-length"]
        self._work = work

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})

        async def write(chunk: bytes) -> None:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})

        async def wait_for_goodbye() -> None:
            while (await receive())["type"] != "http.disconnect":
                pass

        tasks = {asyncio.ensure_future(self._work(write)), asyncio.ensure_future(wait_for_goodbye())}
        with suppress(asyncio.CancelledError):  # the server is stopping
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        for result in results:
            if isinstance(result, Exception):
                log.warning("live.stream_failed", error=type(result).__name__)
        with suppress(OSError):
            await send({"type": "http.response.body", "body": b"", "more_body": False})


def cors_headers(origin: str | None) -> dict[str, str] | None:
    """What lets the site's own pages read the stream from another port; None for any other site."""
    headers = {"Cache-Control": "no-store", "Vary": "Origin, Cookie"}
    if origin is None:
        return headers
    site = urlsplit(settings.BACKEND_URL)
    if origin != f"{site.scheme}://{site.netloc}":
        return None
    return {**headers, "Access-Control-Allow-Origin": origin, "Access-Control-Allow-Credentials": "true"}


def _refusal(status: int, code: str, message: str, headers: dict[str, str]) -> Response:
    return JSONResponse({"error": message, "code": code}, status_code=status, headers=headers)
