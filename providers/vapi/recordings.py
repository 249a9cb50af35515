"""Fetching the sound of a call: Vapi names a link for it, which its storage answers without a key.

Links are secrets that die within the hour: they are fetched from at once, never stored, logged or shown.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests
from django.conf import settings

from providers.vapi.client import VapiClient
from voxanne.errors import NotFoundAtProvider, ProviderError, RateLimited, Rejected, Timeout, Unavailable
from voxanne.http import measured

CONNECT_S = 10.0
# Between two pieces of the answer; how long the whole may take is the caller's to say.
READ_S = 20.0
CHUNK_BYTES = 64 * 1024
_OPERATION = "fetch_recording"
# What storage says of a link that has died, and of a file that was removed.
_GONE = (401, 403, 404, 410)


@dataclass(frozen=True)
class AudioStream:
    """A recording on its way: what its sender says of it, and its bytes. Neither is to be trusted.

    `declared_bytes` is None when the sender does not say.
    """

    content_type: str
    declared_bytes: int | None
    chunks: Iterator[bytes]


@contextmanager
def open_recording(client: VapiClient, call_id: str) -> Iterator[AudioStream]:
    """Fetch a call's recording (both voices on one channel) as a stream.

    Raises:
        NotFoundAtProvider: there is none, or the link is dead.
        ProviderError: any other; also while the chunks are read.
    """
    link = client.recording_link(call_id)
    if not _may_be_fetched(link):
        raise _error(Rejected, detail="the link leads elsewhere")
    with measured(client.provider, _OPERATION), _open(link) as response:
        _check(response)
        length = response.headers.get("Content-Length", "")
        yield AudioStream(
            content_type=response.headers.get("Content-Type", "").split(";")[0].strip().lower(),
            declared_bytes=int(length) if length.isdecimal() else None,
            chunks=_read(response),
        )


@contextmanager
def _open(link: str) -> Iterator[requests.Response]:
    """The answer to a request without any credential. It is not redirected again."""
    with requests.Session() as session:
        session.trust_env = False
        try:
            response = session.get(link, stream=True, allow_redirects=False, timeout=(CONNECT_S, READ_S))
        except requests.Timeout as error:
            raise _error(Timeout) from error
        except requests.RequestException as error:
            raise _error(Unavailable, detail=type(error).__name__) from error
        with response:
            yield response


def _check(response: requests.Response) -> None:
    status = response.status_code
    if status in _GONE:
        raise _error(NotFoundAtProvider, status=status)
    if status == requests.codes.too_many_requests:
        raise _error(RateLimited, status=status)
    if status != requests.codes.ok:
        raise _error(Unavailable, status=status)


def _read(response: requests.Response) -> Iterator[bytes]:
    try:
        yield from response.iter_content(CHUNK_BYTES)
    except requests.Timeout as error:
        raise _error(Timeout) from error
    except requests.RequestException as error:
        raise _error(Unavailable, detail=type(error).__name__) from error


def _may_be_fetched(link: str) -> bool:
    """Encrypted, or at the API's own origin (which the sandbox is): nobody on the way may listen."""
    try:
        parts, api = urlsplit(link), urlsplit(settings.VAPI_BASE_URL)
        same_origin = (parts.scheme, parts.hostname, parts.port) == (api.scheme, api.hostname, api.port)
    except ValueError:
        return False
    return same_origin or (parts.scheme == "https" and bool(parts.hostname))


def _error(kind: type[ProviderError], *, status: int | None = None, detail: str = "") -> ProviderError:
    return kind(provider="vapi", operation=_OPERATION, status=status, detail=detail)
