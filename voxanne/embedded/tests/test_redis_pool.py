"""Each process of a test run has a Redis of its own, which the next run uses again."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from voxanne.embedded import redis_pool
from voxanne.embedded.redis_pool import claim_redis, stop_idle_redis
from voxanne.embedded.services import find_redis


@pytest.fixture
def pool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(redis_pool, "_held", [])
    yield tmp_path
    end_claims()
    assert stop_idle_redis(tmp_path)


def end_claims() -> None:
    """As the end of the process would."""
    while redis_pool._held:
        os.close(redis_pool._held.pop())


def test_two_claims_are_two_servers(pool: Path):
    one, other = (redis.Redis.from_url(claim_redis(pool)) for _ in range(2))

    one.set("key", "value")

    assert other.keys() == []
    one.close()
    other.close()


def test_a_server_is_used_again_and_is_empty_then(pool: Path):
    address = claim_redis(pool)
    with redis.Redis.from_url(f"{address[:-1]}3") as earlier:
        earlier.set("key", "value")
    end_claims()

    assert claim_redis(pool) == address
    with redis.Redis.from_url(f"{address[:-1]}3") as later:
        assert later.keys() == []


def test_only_idle_servers_are_stopped(pool: Path):
    claim_redis(pool)
    claim_redis(pool)
    os.close(redis_pool._held.pop(0))

    assert not stop_idle_redis(pool)
    assert [find_redis(pool / place) is not None for place in ("0", "1")] == [False, True]
