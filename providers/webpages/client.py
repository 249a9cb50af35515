"""Fetching one web page. See the README beside this."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from urllib.parse import SplitResult, quote, urljoin, urlsplit

import structlog

from providers.webpages.connections import PORT, Deadline, Way, connect, vetted_addresses
from providers.webpages.errors import (
    GONE,
    NOT_HTML,
    NOT_PUBLIC,
    NOT_SECURE,
    REFUSED,
    TOO_LARGE,
    TOO_MANY_REDIRECTS,
    TOO_SLOW,
    UNREACHABLE,
    PageNotFetched,
)
from voxanne.http import measured

log = structlog.get_logger(__name__)

MOST_BYTES = 5 * 1024 * 1024
DEADLINE_S = 10.0
MOST_REDIRECTS = 3
INTERNET = Way()
_PIECE = 64 * 1024
_HTML = frozenset({"text/html", "application/xhtml+xml"})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_HEADERS = {
    "User-Agent": "Voxanne page import",
    "Accept": "text/html,application/xhtml+xml;q=0.9",
    "Accept-Encoding": "gzip, identity",
    "Connection": "close",
}
_OUTCOMES = {TOO_SLOW: "timeout", UNREACHABLE: "unavailable", GONE: "not_found"}


@dataclass(frozen=True)
class Page:
    """A fetched page, as bytes; `charset` is what its header says, if it does."""

    content: bytes
    charset: str


def fetch_page(url: str, *, way: Way | None = None, deadline_s: float = DEADLINE_S) -> Page:
    """Fetch one public HTML page. With no transaction open.

    Args:
        way: how to look up and connect; None: over the internet.

    Raises:
        PageNotFetched: why is its `code`.
    """
    failed: PageNotFetched | None = None
    with measured("webpages", "fetch_page") as call:
        try:
            return _follow(url, way or INTERNET, Deadline(deadline_s))
        except PageNotFetched as error:
            call.outcome = _OUTCOMES.get(error.code, "rejected")
            failed = error
    log.info("webpages.not_fetched", code=failed.code)
    raise failed


def _follow(url: str, way: Way, deadline: Deadline) -> Page:
    for _ in range(MOST_REDIRECTS + 1):
        answer = _ask(url, way, deadline)
        if isinstance(answer, Page):
            return answer
        url = urljoin(url, answer)
    raise PageNotFetched(TOO_MANY_REDIRECTS)


def _ask(url: str, way: Way, deadline: Deadline) -> Page | str:
    """The page, or where it sends us on to."""
    parts, host = _checked(url)
    addresses = vetted_addresses(host, way, deadline)
    for address in addresses[:-1]:
        try:
            return _exchange(parts, host, address, way, deadline)
        except (OSError, HTTPException, zlib.error):
            continue  # its other addresses may answer
    try:
        return _exchange(parts, host, addresses[-1], way, deadline)
    except (OSError, HTTPException, zlib.error) as error:
        raise PageNotFetched(TOO_SLOW if deadline.is_over else UNREACHABLE) from error


def _checked(url: str) -> tuple[SplitResult, str]:
    """An address in its parts, and its host as it is looked up and asked for."""
    try:
        parts = urlsplit(url)
        port, host = parts.port, (parts.hostname or "").rstrip(".").encode("idna").decode("ascii")
    except ValueError as error:  # UnicodeError is one
        raise PageNotFetched(UNREACHABLE) from error
    if parts.scheme != "https":
        raise PageNotFetched(NOT_SECURE)
    if not host or parts.username is not None or parts.password is not None or port not in (None, PORT):
        raise PageNotFetched(NOT_PUBLIC)
    return parts, host


def _exchange(parts: SplitResult, host: str, address: str, way: Way, deadline: Deadline) -> Page | str:
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?")
    with connect(host, address, way, deadline) as connection:
        connection.request("GET", f"{path}?{query}" if query else path, headers={**_HEADERS, "Host": host})
        response = connection.getresponse()
        if response.status in _REDIRECTS and response.headers.get("Location"):
            return str(response.headers["Location"])
        _check_answer(response)
        content = b"".join(_unpacked(response, deadline))
    if deadline.is_over:
        raise PageNotFetched(TOO_SLOW)
    return Page(content=content, charset=response.headers.get_content_charset() or "")


def _check_answer(response: HTTPResponse) -> None:
    status = response.status
    if status in (404, 410):
        raise PageNotFetched(GONE)
    if status == 429 or status >= 500:
        raise PageNotFetched(UNREACHABLE)
    if status != 200:
        raise PageNotFetched(REFUSED)
    if response.headers.get_content_type() not in _HTML:
        raise PageNotFetched(NOT_HTML)
    if (response.length or 0) > MOST_BYTES:
        raise PageNotFetched(TOO_LARGE)


def _unpacked(response: HTTPResponse, deadline: Deadline) -> Iterator[bytes]:
    """The content, piece by piece, never more than a page may hold."""
    packed = response.headers.get("Content-Encoding", "").strip().lower()
    if packed not in ("", "identity", "gzip"):
        raise PageNotFetched(NOT_HTML)
    unpack = zlib.decompressobj(wbits=31) if packed == "gzip" else None
    room = MOST_BYTES
    while piece := response.read1(_PIECE):
        if deadline.is_over:
            raise PageNotFetched(TOO_SLOW)
        content = unpack.decompress(piece, room + 1) if unpack else piece
        room -= len(content)
        if room < 0:
            raise PageNotFetched(TOO_LARGE)
        yield content
    if response.length:  # the connection ended before what was promised
        raise PageNotFetched(TOO_SLOW if deadline.is_over else UNREACHABLE)
