"""One TLS connection to an address that was vetted, and no longer than until a deadline."""

import socket
import ssl
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as LookupTimeout
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPSConnection
from threading import Timer

from providers.webpages.addresses import is_public
from providers.webpages.errors import NO_SUCH_HOST, NOT_PUBLIC, TOO_SLOW, PageNotFetched

PORT = 443


def look_up(host: str) -> list[str]:
    """All addresses of a host.

    Raises:
        OSError: it has none.
    """
    found = socket.getaddrinfo(host, PORT, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(str(address[4][0]) for address in found))


def open_socket(address: str, timeout_s: float) -> socket.socket:
    """A TCP connection to port 443 of an address."""
    return socket.create_connection((address, PORT), timeout=timeout_s)


@dataclass(frozen=True)
class Way:
    """How hosts are looked up and connected to."""

    look_up: Callable[[str], list[str]] = look_up
    open_socket: Callable[[str, float], socket.socket] = open_socket
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)


class Deadline:
    """A moment that everything has to be done by."""

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds

    @property
    def left_s(self) -> float:
        """Seconds until then.

        Raises:
            PageNotFetched: none.
        """
        left = self._ends - time.monotonic()
        if left <= 0:
            raise PageNotFetched(TOO_SLOW)
        return left

    @property
    def is_over(self) -> bool:
        return time.monotonic() >= self._ends


def vetted_addresses(host: str, way: Way, deadline: Deadline) -> list[str]:
    """The addresses of a host, if each of them is public.

    Raises:
        PageNotFetched: it has none, one is not public, or looking took too long.
    """
    pool = ThreadPoolExecutor(max_workers=1)
    try:
        found = pool.submit(way.look_up, host).result(timeout=deadline.left_s)
    except LookupTimeout as error:
        raise PageNotFetched(TOO_SLOW) from error
    except (OSError, UnicodeError) as error:
        raise PageNotFetched(NO_SUCH_HOST) from error
    finally:
        pool.shutdown(wait=False)
    if not found:
        raise PageNotFetched(NO_SUCH_HOST)
    if not all(map(is_public, found)):
        raise PageNotFetched(NOT_PUBLIC)
    return found


@contextmanager
def connect(host: str, address: str, way: Way, deadline: Deadline) -> Iterator[HTTPSConnection]:
    """A connection for HTTP to one vetted address, whose certificate is the host's. Cut off at the deadline.

    Raises:
        OSError: it cannot be reached, or its certificate is not the host's.
    """
    plain = way.open_socket(address, deadline.left_s)
    cut = Timer(deadline.left_s, _cut_off, [plain])
    cut.daemon = True
    cut.start()
    try:
        with way.tls.wrap_socket(plain, server_hostname=host) as secured:
            connection = HTTPSConnection(host, PORT)
            connection.sock = secured
            yield connection
    finally:
        cut.cancel()
        plain.close()


def _cut_off(plain: socket.socket) -> None:
    """End whatever waits on it: a timeout of the socket would begin anew with each byte that drips in."""
    with suppress(OSError):
        plain.shutdown(socket.SHUT_RDWR)
