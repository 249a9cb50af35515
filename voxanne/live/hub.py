"""The reading side of live events: one Redis reader a process, shared by all of its browsers."""

import asyncio
import re
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import redis.asyncio
import structlog
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from voxanne.live.publish import STREAM_LENGTH, stream_name

log = structlog.get_logger(__name__)

EVENT_ID = re.compile(r"^\d{1,15}-\d{1,15}$")
BLOCK_MS = 5000
CONNECTIONS = 20
RETRY_S = (0.2, 0.5, 1.0, 2.0)
WAITING_LIMIT = 200
# A page is rendered a while before its stream opens: a new browser also gets what happened in between. The page says
# when it was rendered, by a clock that may be another than Redis's; what it says is not believed for ever.
LOOK_BACK_MS = 5000
LONGEST_WAY_MS = 10 * 60_000
_WAKE_TTL_S = 3600
_Entries = list[tuple[str, dict[str, str]]]


@dataclass(frozen=True)
class Event:
    """One thing that changed, as it goes over the wire. `RESET` means: what you show may be old, load it again."""

    event_id: str
    kind: str
    data: str

    @property
    def order(self) -> tuple[int, int]:
        """Its place in the stream; ids are `milliseconds-sequence` and do not sort as text."""
        return parse_id(self.event_id)

    def encode(self) -> bytes:
        """The lines of a server-sent event."""
        return f"id: {self.event_id}\nevent: {self.kind}\ndata: {self.data}\n\n".encode()


def parse_id(event_id: str) -> tuple[int, int]:
    """A stream id as something that sorts."""
    milliseconds, sequence = event_id.split("-")
    return int(milliseconds), int(sequence)


@dataclass(eq=False)
class Subscription:
    """One browser's events, in order. One that reads too slowly gets a reset instead of what it missed.

    Until `catch_up` was called, what arrives is kept: handed over first, it would hide what came before it.
    """

    waiting: asyncio.Queue[Event] = field(default_factory=lambda: asyncio.Queue(WAITING_LIMIT))
    last: str = "0-0"
    _is_behind: bool = True
    _meanwhile: list[Event] = field(default_factory=list)

    def put(self, event: Event) -> None:
        """Hand over an event, unless this browser had it already."""
        if self._is_behind:
            self._meanwhile.append(event)
        else:
            self._hand_over(event)

    def catch_up(self, earlier: Sequence[Event]) -> None:
        """Hand over what came before, then what has arrived meanwhile; from now on, everything at once."""
        for event in (*earlier, *self._meanwhile):
            self._hand_over(event)
        self._is_behind, self._meanwhile = False, []

    def _hand_over(self, event: Event) -> None:
        if event.kind != "reset" and event.order <= parse_id(self.last):
            return
        if self.waiting.full():
            while not self.waiting.empty():
                self.waiting.get_nowait()
            event = Event(event.event_id, "reset", "{}")
        self.waiting.put_nowait(event)
        self.last = event.event_id

    async def next(self, *, timeout_s: float) -> Event | None:
        """The next event, or None when none came in time."""
        try:
            async with asyncio.timeout(timeout_s):
                return await self.waiting.get()
        except TimeoutError:
            return None


class Hub:
    """Reads the streams of all organisations that somebody here looks at, and hands events to their browsers."""

    def __init__(self, redis_url: str) -> None:
        # Many dashboards open at once after a restart: they wait for a connection rather than being refused one.
        pool = redis.asyncio.BlockingConnectionPool.from_url(
            redis_url,
            max_connections=CONNECTIONS,
            timeout=10,
            decode_responses=True,
            socket_connect_timeout=2,
            socket_timeout=BLOCK_MS / 1000 + 5,
            protocol=2,
            retry=Retry(NoBackoff(), 0),  # a silent retry would hide that events may be lost
            client_name="voxanne-live",
        )
        # The client's annotations cover bytes and both protocol versions; here answers are text in lists.
        self._redis: Any = redis.asyncio.Redis.from_pool(pool)
        self._subscriptions: dict[UUID, set[Subscription]] = defaultdict(set)
        self._cursors: dict[str, str] = {}
        self._wake = f"voxanne:live-wake:{uuid4()}"
        self._wake_cursor = "0-0"
        self.connected = asyncio.Event()

    async def run(self) -> None:
        """Read until cancelled, through restarts of Redis."""
        failures = 0
        while True:
            try:
                if not self.connected.is_set():
                    await self._reconnect()
                await self._read()
                failures = 0
            except (RedisError, OSError) as error:
                self.connected.clear()
                log.warning("live.redis_lost", error=type(error).__name__)
                await asyncio.sleep(RETRY_S[min(failures, len(RETRY_S) - 1)])
                failures += 1

    async def close(self) -> None:
        """Give the connections back."""
        await self._redis.aclose()

    @asynccontextmanager
    async def subscribe(self, org_id: UUID, *, after: str = "", since_ms: int = 0) -> AsyncIterator[Subscription]:
        """Follow an organisation, from the event `after` which was seen last; without it from a moment ago.

        Args:
            since_ms: when the page was rendered, in milliseconds since 1970; 0 for not known.

        Raises:
            RedisError: the events cannot be read now.
        """
        subscription = Subscription()
        try:
            await self._begin(subscription, org_id, after, since_ms)
            yield subscription
        finally:
            self._subscriptions[org_id].discard(subscription)
            if not self._subscriptions[org_id]:
                del self._subscriptions[org_id]
                self._cursors.pop(stream_name(org_id), None)

    async def _begin(self, subscription: Subscription, org_id: UUID, after: str, since_ms: int) -> None:
        name = stream_name(org_id)
        start = after if EVENT_ID.match(after) else await self._moment_before(since_ms)
        missing = bool(after) and not await self._reaches_back(name, start)
        subscription.last = start
        if name not in self._cursors:
            self._cursors.setdefault(name, await self._latest(name))
        self._subscriptions[org_id].add(subscription)
        await self._wake_reader()
        if missing:
            subscription.catch_up([Event(await self._latest(name, fallback=start), "reset", "{}")])
            return
        # Read after subscribing: what arrives meanwhile comes twice, and the id tells.
        subscription.catch_up(_events(await self._redis.xrange(name, min=f"({start}", count=STREAM_LENGTH)))

    async def _moment_before(self, since_ms: int) -> str:
        seconds, microseconds = await self._redis.time()
        now_ms = seconds * 1000 + microseconds // 1000
        is_believed = now_ms - LONGEST_WAY_MS < since_ms < now_ms
        return f"{(since_ms if is_believed else now_ms) - LOOK_BACK_MS}-0"

    async def _read(self) -> None:
        """One round: wait for news of any followed organisation, or for the wake-up that says the list has grown."""
        wanted = {**self._cursors, self._wake: self._wake_cursor}
        for name, entries in await self._redis.xread(dict(wanted), count=500, block=BLOCK_MS) or []:
            if name == self._wake:
                self._wake_cursor = entries[-1][0]
                continue
            if name in self._cursors:
                self._cursors[name] = entries[-1][0]
            for subscription in tuple(self._subscriptions.get(_org_of(name), ())):
                for event in _events(entries):
                    subscription.put(event)

    async def _reconnect(self) -> None:
        """After a break, tell those whose events may be lost. A stream that reaches back lost nothing."""
        await self._redis.ping()
        for name, cursor in tuple(self._cursors.items()):
            if cursor != "0-0" and await self._reaches_back(name, cursor):
                continue
            latest = self._cursors[name] = await self._latest(name)
            for subscription in tuple(self._subscriptions.get(_org_of(name), ())):
                subscription.put(Event(latest, "reset", "{}"))
        self.connected.set()

    async def _reaches_back(self, name: str, event_id: str) -> bool:
        first = await self._redis.xrange(name, count=1)
        return bool(first) and parse_id(first[0][0]) <= parse_id(event_id)

    async def _latest(self, name: str, *, fallback: str = "0-0") -> str:
        last = await self._redis.xrevrange(name, count=1)
        return str(last[0][0]) if last else fallback

    async def _wake_reader(self) -> None:
        async with self._redis.pipeline(transaction=False) as pipe:
            pipe.xadd(self._wake, {"new": "1"}, maxlen=1, approximate=False)
            pipe.expire(self._wake, _WAKE_TTL_S)
            await pipe.execute()


def _events(entries: _Entries) -> list[Event]:
    return [Event(event_id, fields.get("kind", ""), fields.get("data", "{}")) for event_id, fields in entries]


def _org_of(name: str) -> UUID:
    return UUID(name.rsplit(":", 1)[1])
