"""The address of the sound as the live process serves it."""

import asyncio

import httpx
import pytest
from starlette.applications import Starlette

from calls.recordings.door import audio_routes
from calls.recordings.tickets import Ticket, issue_ticket
from calls.tests.recordings.conftest import wav

pytestmark = pytest.mark.django_db(transaction=True)


def ask(*requests):
    """The answers to (method, path, headers), in order."""

    async def run():
        transport = httpx.ASGITransport(app=Starlette(routes=audio_routes()))
        async with httpx.AsyncClient(transport=transport, base_url="http://live.test") as client:
            return [await client.request(method, path, headers=headers) for method, path, headers in requests]

    return asyncio.run(run())


def test_sound_is_sent_whole_in_part_and_refused(north, recorded):
    address = f"/audio/{issue_ticket(Ticket(north.pk, recorded.pk))}"

    whole, part, behind, head, forged = ask(
        ("GET", address, {}),
        ("GET", address, {"Range": "bytes=100-199"}),
        ("GET", address, {"Range": "bytes=99999999-"}),
        ("HEAD", address, {}),
        ("GET", f"{address}x", {}),
    )

    assert (whole.status_code, whole.content) == (200, wav(20))
    assert (part.status_code, part.content) == (206, wav(20)[100:200])
    assert part.headers["Content-Range"] == f"bytes 100-199/{recorded.size_bytes}"
    assert (behind.status_code, behind.content) == (416, b"")
    assert (head.status_code, head.headers["Content-Length"], head.content) == (200, str(recorded.size_bytes), b"")
    assert (forged.status_code, "run out" in forged.text) == (410, True)
    for answer in (whole, part, behind, head, forged):
        assert answer.headers["Cache-Control"] == "no-store, private"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
