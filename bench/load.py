"""A load generator: prepared HTTP requests over kept-alive connections, on one event loop and without a client library.

It shares the machine with what it measures, so it must cost little: about 0.1 ms a request, in a burst of new ones.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

HEAD_END = b"\r\n\r\n"
LOST = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. `status` is `LOST` when the connection ended before it."""

    status: int
    body: bytes
    ms: float


@dataclass(frozen=True)
class Outcome:
    """All answers of one run, and how long it took."""

    answers: list[Answer]
    seconds: float

    @property
    def per_second(self) -> float:
        """Answers in a second."""
        return len(self.answers) / self.seconds if self.seconds else 0.0

    @property
    def statuses(self) -> dict[int, int]:
        """How often each status was answered."""
        return dict(Counter(answer.status for answer in self.answers))

    def percentile(self, share: float) -> float:
        """The latency in milliseconds that this share of the answers stayed within."""
        ordered = sorted(answer.ms for answer in self.answers)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0


def post(path: str, body: bytes, **headers: str) -> bytes:
    """The bytes of one POST. Header names are written with underscores."""
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body


def send(port: int, requests: Iterable[bytes], *, connections: int, each_s: float = 0.0) -> Outcome:
    """Send all requests over so many connections; each sends its next when it has its answer.

    Args:
        each_s: seconds between two requests of one connection; 0 sends as fast as the answers come.
    """
    return asyncio.run(_send(port, iter(requests), connections, each_s))


async def _send(port: int, requests: Iterator[bytes], connections: int, each_s: float) -> Outcome:
    loop = asyncio.get_running_loop()
    answers: list[Answer] = []
    senders = [_Sender(requests, answers, each_s, loop.create_future()) for _ in range(connections)]
    for sender in senders:
        await loop.create_connection(lambda it=sender: it, "127.0.0.1", port)  # type: ignore[misc]
    started = time.perf_counter()
    for number, sender in enumerate(senders):
        loop.call_later(each_s * number / connections, sender.send_next)
    await asyncio.gather(*(sender.done for sender in senders))
    seconds = time.perf_counter() - started
    for sender in senders:
        sender.close()
    return Outcome(answers, seconds)


@dataclass(repr=False, eq=False)
class _Sender(asyncio.Protocol):
    """One connection."""

    requests: Iterator[bytes]
    answers: list[Answer]
    each_s: float
    done: "asyncio.Future[None]"
    _transport: asyncio.Transport | None = field(default=None, init=False)
    _received: bytearray = field(default_factory=bytearray, init=False)
    _sent_at: float = field(default=0.0, init=False)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def send_next(self) -> None:
        """Send the next request, or be done."""
        request = next(self.requests, None)
        if request is None or self._transport is None:
            self._finish()
            return
        self._sent_at = time.perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._received += data
        answer = _parse(bytes(self._received))
        if answer is None:
            return
        elapsed = time.perf_counter() - self._sent_at
        self.answers.append(Answer(*answer, ms=elapsed * 1000))
        self._received.clear()
        if self.each_s:
            asyncio.get_running_loop().call_later(max(0.0, self.each_s - elapsed), self.send_next)
        else:
            self.send_next()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.answers.append(Answer(LOST, b"", (time.perf_counter() - self._sent_at) * 1000))
        self._transport = None
        self._finish()

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()

    def _finish(self) -> None:
        if not self.done.done():
            self.done.set_result(None)


def _parse(received: bytes) -> tuple[int, bytes] | None:
    """Status and body of a whole answer, or None while some of it is missing."""
    head, found, rest = received.partition(HEAD_END)
    if not found:
        return None
    head = head.lower()
    if b"transfer-encoding: chunked" in head:
        return (int(head[9:12]), _join_chunks(rest)) if rest.endswith(b"0\r\n\r\n") else None
    at = head.find(b"content-length:")
    length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
    return (int(head[9:12]), rest[:length]) if len(rest) >= length else None


def _join_chunks(rest: bytes) -> bytes:
    body = b""
    while rest:
        size, _, rest = rest.partition(b"\r\n")
        length = int(size, 16)
        body, rest = body + rest[:length], rest[length + 2 :]
    return body
