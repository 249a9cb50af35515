"""The writing side of live events."""

import json
from collections.abc import Sequence
from functools import lru_cache
from uuid import UUID

import redis
import structlog
from django.conf import settings
from django.db import transaction

from voxanne.courier import Courier

log = structlog.get_logger(__name__)

# A browser that was away longer than this many events is told to reload instead.
STREAM_LENGTH = 1000
STREAM_TTL_S = 24 * 60 * 60


@lru_cache(maxsize=1)
def connection() -> "redis.Redis":
    """The process's connection pool to Redis; short timeouts, because a page must never wait for it."""
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1, decode_responses=True)


def stream_name(org_id: UUID | str) -> str:
    """The Redis key of an organisation's stream."""
    return f"voxanne:live:{org_id}"


def publish_on_commit(org_id: UUID, kind: str, **ids: str | UUID) -> None:
    """Announce a change once the open transaction commits. Losing it costs freshness, nothing else."""
    data = json.dumps({key: str(value) for key, value in ids.items()})
    transaction.on_commit(lambda: _publish(org_id, kind, data))


def _publish(org_id: UUID, kind: str, data: str) -> None:
    _courier.hand_over((stream_name(org_id), kind, data))


def _append(events: Sequence[tuple[str, str, str]]) -> bool:
    """Append events (stream, kind, data) in one round trip; False without Redis. The same news twice is told once."""
    events = list(dict.fromkeys(events))
    try:
        with connection().pipeline(transaction=False) as pipe:
            for name, kind, data in events:
                pipe.xadd(name, {"kind": kind, "data": data}, maxlen=STREAM_LENGTH, approximate=True)
            for name in {name for name, _, _ in events}:
                pipe.expire(name, STREAM_TTL_S)
            pipe.execute()
    except redis.RedisError as error:
        log.warning("live.publish_lost", events=len(events), error=type(error).__name__)
        return False
    return True


_courier = Courier(_append, name="live-events")
