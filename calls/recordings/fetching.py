"""Fetching one recording from Vapi into our storage, as it comes: never more than a piece of it in memory."""

import hashlib
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain

from django.conf import settings

from calls.recordings.audio import HEAD_BYTES, recognise, wav_seconds
from calls.recordings.files import delete_file, write_file
from calls.recordings.models import Recording
from calls.recordings.words import AWAY, GONE, NO_KEY, NOT_AUDIO, NOT_KEPT, REFUSED, TOO_LARGE, Problem
from credentials.vapi_accounts import vapi_client_for
from providers.vapi.client import VapiClient
from providers.vapi.recordings import AudioStream, open_recording
from voxanne.errors import DomainError, NotFoundAtProvider, ProviderError, Rejected, Unauthorized

# How long one try may take from first to last byte: a sender that trickles must not hold a worker.
DEADLINE_S = 180.0


@dataclass(frozen=True)
class Fetched:
    """A recording that lies in storage, under the name that its row has named beforehand."""

    content_type: str
    size_bytes: int
    seconds: float | None
    sha256: str
    key_sealed: str


class FetchFailed(Exception):
    """It is not in storage; why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


def fetch_audio(recording: Recording, *, client: VapiClient | None = None) -> Fetched:
    """Fetch and store one recording. Reads `recording.call`. With no transaction open.

    Raises:
        FetchFailed: nothing is left in storage.
    """
    try:
        # Sent once: the row knows when to ask again, and no worker sleeps until then.
        vapi = (client or vapi_client_for(recording.org_id)).once()
        with open_recording(vapi, recording.call.vapi_call_id) as stream:
            return _store(recording, stream)
    except FetchFailed:
        _tidy(recording)
        raise
    except (ProviderError, DomainError, OSError) as error:
        _tidy(recording)
        raise FetchFailed(_problem_of(error)) from error


def _store(recording: Recording, stream: AudioStream) -> Fetched:
    intake = _Intake(stream, most_bytes=settings.RECORDING_MOST_BYTES)
    chunks = intake.chunks()
    first = next(chunks, b"")  # what is no recording is refused before anything is written
    key_sealed = write_file(recording, recording.storage_name, chain([first], chunks))
    return Fetched(
        content_type=intake.content_type,
        size_bytes=intake.size,
        seconds=wav_seconds(intake.head, size=intake.size) if intake.content_type == "audio/wav" else None,
        sha256=intake.digest.hexdigest(),
        key_sealed=key_sealed,
    )


class _Intake:
    """Counts, hashes and checks a stream while it passes."""

    def __init__(self, stream: AudioStream, *, most_bytes: int) -> None:
        self._stream = stream
        self._most_bytes = most_bytes
        self.head = b""
        self.size = 0
        self.content_type = ""
        self.digest = hashlib.sha256()

    def chunks(self) -> Iterator[bytes]:
        """The bytes, the first of them held back until it is known what they are.

        Raises:
            FetchFailed: too large, too slow, or not a recording.
        """
        began, waiting = time.monotonic(), b""
        if (self._stream.declared_bytes or 0) > self._most_bytes:
            raise FetchFailed(TOO_LARGE)
        for chunk in self._stream.chunks:
            self._count(chunk, began)
            if self.content_type:
                yield chunk
                continue
            waiting += chunk
            if len(waiting) >= HEAD_BYTES:
                yield self._recognise(waiting)
        if not self.content_type:
            yield self._recognise(waiting)

    def _count(self, chunk: bytes, began: float) -> None:
        self.size += len(chunk)
        self.digest.update(chunk)
        if self.size > self._most_bytes:
            raise FetchFailed(TOO_LARGE)
        if time.monotonic() - began > DEADLINE_S:
            raise FetchFailed(AWAY)

    def _recognise(self, start: bytes) -> bytes:
        self.head, self.content_type = start, recognise(start)
        if not self.content_type:
            raise FetchFailed(NOT_AUDIO)
        return start


def _problem_of(error: Exception) -> Problem:
    if isinstance(error, NotFoundAtProvider):
        return GONE
    if isinstance(error, Unauthorized | Rejected):
        return REFUSED
    if isinstance(error, ProviderError):
        return AWAY
    return NO_KEY if isinstance(error, DomainError) else NOT_KEPT


def _tidy(recording: Recording) -> None:
    """Take half a file away; one that stays is taken away by the next try, which finds its name in the row."""
    with suppress(OSError):
        delete_file(recording.storage_name)
