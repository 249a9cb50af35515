"""What every request to a provider passes first: the ledger writes it down, a fault may strike it."""

import asyncio
import time
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.faults import PROVIDERS, Faults, Strike
from sandbox.forms import parse_form
from sandbox.json_types import JsonValue, parse_object
from sandbox.ledger import Ledger, ReceivedRequest
from sandbox.operations import operation_of
from sandbox.redaction import MASK, redact_fields, redact_headers
from sandbox.refusals import fault_response

HANG_S = 120.0
MAX_RECORDED_BYTES = 100_000
FORM = "application/x-www-form-urlencoded"
UNREAD = ("text/html", "audio/")
"""Answers of which only the size is recorded: pages, which may carry codes, and sound."""


@dataclass
class _Answer:
    """What the provider's code sent back, captured on its way out."""

    status_code: int | None = None
    is_readable: bool = True
    messages: list[Message] = field(default_factory=list)

    async def capture(self, message: Message) -> None:
        """Stand in for the server's `send`."""
        if message["type"] == "http.response.start":
            self.status_code = message["status"]
            kind = dict(message["headers"]).get(b"content-type", b"").decode("latin-1")
            self.is_readable = not kind.startswith(UNREAD)
        self.messages.append(message)

    @property
    def body(self) -> bytes:
        """The body as sent so far."""
        return b"".join(message.get("body", b"") for message in self.messages)

    @property
    def size(self) -> int:
        """How many bytes the body has so far."""
        return sum(len(message.get("body", b"")) for message in self.messages)


class ProviderGate:
    """ASGI wrapper around the whole application; only provider paths are touched."""

    def __init__(self, app: ASGIApp, *, ledger: Ledger, faults: Faults) -> None:
        """Wrap `app`."""
        self._app = app
        self._ledger = ledger
        self._faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, slowed or spoilt as the fault in force says, and record it."""
        provider = _provider_of(scope)
        if provider not in PROVIDERS:
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        body = await _read_body(receive)
        fault, strike = self._faults.next_strike(provider, operation_of(scope["method"], scope["path"]))
        await asyncio.sleep(fault.latency_ms / 1000)
        answer = _Answer()
        if strike is Strike.NONE or fault.after_work:
            await self._app(scope, _replay(body, receive), answer.capture)
        if strike is Strike.ERROR:
            answer = _Answer()
            await fault_response(provider, fault.status)(scope, receive, answer.capture)
        lost = strike in {Strike.DROP, Strike.TIMEOUT}
        self._record(scope, body, _Answer() if lost else answer, started=started, strike=strike)
        await _finish(strike, answer, receive, send)

    def _record(self, scope: Scope, body: bytes, answer: _Answer, *, started: float, strike: Strike) -> None:
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]
        query = _redacted_query(scope["query_string"].decode("latin-1"))
        is_form = dict(headers).get("content-type", "").startswith(FORM)
        self._ledger.record_request(
            ReceivedRequest(
                provider=_provider_of(scope),
                method=scope["method"],
                operation=operation_of(scope["method"], scope["path"]),
                path=f"{scope['path']}?{query}" if query else scope["path"],
                headers=redact_headers(headers),
                body=_readable(body, is_form=is_form),
                status_code=answer.status_code,
                response=_readable(answer.body) if answer.is_readable else f"({answer.size} bytes)",
                ms=(time.perf_counter() - started) * 1000,
                fault=None if strike is Strike.NONE else str(strike),
            )
        )


def _provider_of(scope: Scope) -> str:
    """Return the first part of the path: the provider, if it is one."""
    return str(scope["path"]).split("/")[1] if scope["type"] == "http" else ""


async def _finish(strike: Strike, answer: _Answer, receive: Receive, send: Send) -> None:
    if strike is Strike.TIMEOUT:
        await _hang(receive)
    if strike in {Strike.TIMEOUT, Strike.DROP}:
        await _abort_connection(send)
        return
    for message in answer.messages:
        await send(message)


async def _read_body(receive: Receive) -> bytes:
    chunks, more = [], True
    while more:
        message = await receive()
        chunks.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(chunks)


def _replay(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that hands over a body already read, then what the connection says."""
    pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return pending.pop() if pending else await receive()

    return replayed


def _redacted_query(query: str) -> str:
    """Return a query with the values of secret parameters masked, otherwise as it came."""
    pairs = parse_qsl(query, keep_blank_values=True)
    masked = redact_fields(dict(pairs))
    if all(masked[name] == value for name, value in dict(pairs).items()):
        return query
    return urlencode([(name, masked[name]) for name, _ in pairs])


def _readable(body: bytes, *, is_form: bool = False) -> JsonValue:
    """Return JSON and forms as objects with their secrets masked, text as text, anything else as its size."""
    if len(body) > MAX_RECORDED_BYTES:
        return f"({len(body)} bytes)"
    if is_form:
        form = parse_form(body)
        return redact_fields(form | {"code": MASK} if "code" in form else form)
    parsed = parse_object(body)
    if parsed is not None:
        return redact_fields(parsed)
    try:
        return body.decode() or None
    except UnicodeDecodeError:
        return f"({len(body)} bytes, not text)"


async def _hang(receive: Receive) -> None:
    """Say nothing until the caller gives up."""
    try:
        async with asyncio.timeout(HANG_S):
            while (await receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        return


async def _abort_connection(send: Send) -> None:
    """Close the TCP connection without an answer. ASGI has no word for that, so it goes to uvicorn's transport."""
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is None:
        raise ConnectionError("dropped by a fault")
    transport.abort()
    await asyncio.sleep(0.01)  # lets the server notice, so that it does not answer by itself
