"""A web server with a certificate of its own, and a way that leads to it whatever the address says."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from providers.webpages.connections import Way

PUBLIC = "93.184.216.34"
HOSTS = ("clinic.example", "www.clinic.example", "10.0.0.7.example")
PAGE = b"<html><body><h1>Parking</h1><p>Park behind us.</p></body></html>"
Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Site:
    """What the server answers, by path, and what it was asked."""

    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    connected: list[str] = field(default_factory=list)
    resolved: dict[str, list[str]] = field(default_factory=lambda: {host: [PUBLIC] for host in HOSTS})
    port: int = 0
    trust: ssl.SSLContext | None = None

    @property
    def way(self) -> Way:
        """Looks up what `resolved` says, and connects to the server here, noting the address that was meant."""
        return Way(look_up=self._look_up, open_socket=self._connect, tls=self.trust or ssl.create_default_context())

    def _look_up(self, host: str) -> list[str]:
        if host not in self.resolved:
            raise socket.gaierror(-2, "Name or service not known")
        return self.resolved[host]

    def _connect(self, address: str, timeout_s: float) -> socket.socket:
        self.connected.append(address)
        return socket.create_connection(("127.0.0.1", self.port), timeout=timeout_s)


def answer(content: bytes = PAGE, *, status: int = 200, **headers: str) -> Answer:
    """An answer with these headers; underscores in their names are hyphens."""

    def send(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in {"Content_Type": "text/html; charset=utf-8", **headers}.items():
            request.send_header(name.replace("_", "-"), value)
        request.end_headers()
        with suppress(OSError):
            request.wfile.write(content)

    return send


def dripping(seconds: float) -> Answer:
    """A byte every fiftieth of a second, for so long."""

    def send(request: BaseHTTPRequestHandler) -> None:
        answer(b"")(request)
        ends = time.monotonic() + seconds
        with suppress(OSError):
            while time.monotonic() < ends:
                request.wfile.write(b"a")
                request.wfile.flush()
                time.sleep(0.02)

    return send


@contextmanager
def running_site(folder: Path) -> Iterator[Site]:
    """The site, served over TLS until the block ends."""
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append((self.headers["Host"], self.path))
            site.answers.get(self.path, answer(b"nothing here", status=404))(self)

        def log_message(self, *_: object) -> None:
            """Nothing on the terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    certificate = make_certificate(folder)
    secured = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    secured.load_cert_chain(certificate)
    server.socket = secured.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    site.port, site.trust = server.server_address[1], ssl.create_default_context(cafile=certificate)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def make_certificate(folder: Path) -> Path:
    """A certificate for `HOSTS` that nobody but the tests trusts, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOSTS[0])])
    moment = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(moment - timedelta(days=1))
        .not_valid_after(moment + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host) for host in HOSTS]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "site.pem"
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path
