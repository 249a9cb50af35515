"""Answering whoever wants to hear a recording: whole or in part, decrypted as it leaves.

Told apart from the server that sends it (`calls.recordings.door`), so that it is said in one place what a ticket opens
and which bytes a request gets.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import structlog
from django.conf import settings

from calls.recordings.errors import RecordingUnreadable, TicketOver
from calls.recordings.files import open_file
from calls.recordings.models import Recording
from calls.recordings.ranges import Span, Unsatisfiable, read_range
from calls.recordings.selectors import find_by_ticket
from calls.recordings.tickets import find_ticket
from credentials.errors import CredentialError
from orgs.scope import org_scope, org_tx

log = structlog.get_logger(__name__)

PRIVATE = {
    "Cache-Control": "no-store, private",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Content-Type-Options": "nosniff",
    # In development the page is on another port, which a browser takes for another site.
    "Cross-Origin-Resource-Policy": (
        "same-origin" if settings.AUDIO_URL.startswith(f"{settings.BACKEND_URL}/") else "cross-origin"
    ),
}


@dataclass(frozen=True)
class Asked:
    """What a request says beside its ticket; empty where it says nothing."""

    method: str = "GET"
    range: str = ""
    if_range: str = ""


@dataclass(frozen=True)
class Answer:
    """Status, headers and the bytes that follow them. The file closes with the last piece, or when they are dropped."""

    status: int
    headers: dict[str, str]
    pieces: Iterator[bytes]


def answer_ticket(ticket: str, asked: Asked) -> Answer:
    """The sound that a ticket opens: 200, 206 or 416. With no transaction open; opens a short one.

    Raises:
        TicketOver: it opens nothing, or not any more.
        RecordingUnreadable: the file is gone or was changed.
    """
    held = find_ticket(ticket)
    if held is None:
        raise TicketOver
    with org_scope(held.org_id):
        with org_tx():
            recording = find_by_ticket(held)
        if recording is None:
            raise TicketOver
        return _answer(recording, asked)


def _answer(recording: Recording, asked: Asked) -> Answer:
    size, etag = recording.size_bytes or 0, f'"{recording.sha256[:32]}"'
    headers = {**_describe(recording), "ETag": etag}
    # A part of another version of the file is not what is wanted: then the whole is.
    wanted = "" if asked.if_range and asked.if_range != etag else asked.range
    try:
        part = read_range(wanted, size=size)
    except Unsatisfiable:
        return Answer(416, {**headers, "Content-Range": f"bytes */{size}", "Content-Length": "0"}, iter(()))
    span = part or Span(0, size, size)
    headers |= {"Content-Length": str(span.length), **({"Content-Range": span.content_range} if part else {})}
    pieces = iter(()) if asked.method == "HEAD" else _read(recording, span)
    return Answer(206 if part else 200, headers, pieces)


def _describe(recording: Recording) -> dict[str, str]:
    ending = recording.content_type.rpartition("/")[2].replace("mpeg", "mp3")
    return {
        **PRIVATE,
        "Content-Type": recording.content_type,
        "Content-Disposition": f'inline; filename="call.{ending}"',
        "Accept-Ranges": "bytes",
    }


def _read(recording: Recording, span: Span) -> Iterator[bytes]:
    """The pieces; the first is read at once, so that a broken file is an error and not half an answer."""
    with ExitStack() as opening:
        try:
            file = opening.enter_context(open_file(recording))
            pieces = file.read_range(span.start, span.stop)
            first = next(pieces, b"")
        except (OSError, CredentialError) as error:
            log.exception("recording.unreadable", recording=str(recording.pk))
            raise RecordingUnreadable from error
        return _follow(first, pieces, opening.pop_all())


def _follow(first: bytes, rest: Iterator[bytes], held: ExitStack) -> Iterator[bytes]:
    with held:
        yield first
        yield from rest
