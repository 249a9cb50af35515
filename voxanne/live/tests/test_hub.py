"""The reader behind the streams, one turn at a time: what no server's timing brings about at will."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from uuid import UUID, uuid4

import pytest
from django.conf import settings

from voxanne.live import publish
from voxanne.live.hub import Hub


@pytest.fixture
def org_id() -> Iterator[UUID]:
    """Of an organisation about which nothing was announced yet."""
    made = uuid4()
    yield made
    publish.connection().delete(publish.stream_name(made))


def announce(org_id: UUID, **ids: str) -> None:
    publish._append([(publish.stream_name(org_id), "call", json.dumps(ids))])


async def until(condition: Callable[[], bool]) -> None:
    while not condition():  # noqa: ASYNC110 - what the hub has read is no event of asyncio's
        await asyncio.sleep(0.01)


def test_what_arrives_while_a_stream_opens_does_not_hide_what_came_before(
    org_id: UUID, monkeypatch: pytest.MonkeyPatch
):
    """It comes by the reader, before the past has been asked for."""
    name = publish.stream_name(org_id)
    announce(org_id, id="before")

    async def follow() -> list[str]:
        hub = Hub(settings.REDIS_URL)
        reader = asyncio.create_task(hub.run())
        wake = hub._wake_reader

        async def wake_and_be_overtaken() -> None:
            await wake()
            known = hub._cursors[name]
            await asyncio.to_thread(announce, org_id, id="meanwhile")
            await until(lambda: hub._cursors[name] != known)

        monkeypatch.setattr(hub, "_wake_reader", wake_and_be_overtaken)
        async with asyncio.timeout(10), hub.subscribe(org_id) as subscription:
            events = [await subscription.next(timeout_s=5) for _ in range(2)]
            assert await subscription.next(timeout_s=0.1) is None
        reader.cancel()
        with suppress(asyncio.CancelledError):
            await reader
        await hub.close()
        return [json.loads(event.data)["id"] for event in events if event]

    assert asyncio.run(follow()) == ["before", "meanwhile"]
