"""What reaches the logs: enough to find a fault, and no secret."""

import io
import json
import logging

import pytest
import structlog
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from voxanne.logging import MASK, configure_logging, redact

SECRETS = [
    "Bearer abcdefghijklmnop",
    "re_123456789abcdef",
    "vxn_123456789abcdef",
    "sk_live_1234567890abcdef",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
    "postgresql://voxanne_web:hunter2secret@db/voxanne",
    "redis://:hunter2secret@redis:6379/0",
    "0b" * 16,
    "9b1d7c3e5fa2084b6d8e0f1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e",
    "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n-----END PRIVATE KEY-----",
]
SECRET_NAMES = [
    "password", "api_key", "apiKey", "Authorization", "cookie", "VAPI_WEBHOOK_SECRET", "refresh_token", "otp",
    "private_key", "X-Vapi-Secret", "totp_secret", "client_secret", "sessionid", "csrfmiddlewaretoken",
]  # fmt: skip


@pytest.fixture
def lines():
    """Everything that is logged, through the real pipeline."""
    root, out = logging.getLogger(), io.StringIO()
    handlers, level = root.handlers, root.level
    configure_logging(level="INFO", human=False)
    root.handlers[0].setStream(out)
    yield lambda: [json.loads(line) for line in out.getvalue().splitlines()]
    root.handlers, root.level = handlers, level


def core_of(secret: str) -> str:
    """The part of a sample that must not be seen."""
    if "KEY-----" in secret:
        return "MIIEvQIBADANBg"
    return secret.removeprefix("Bearer ").removeprefix("postgresql://").removeprefix("redis://").split("@")[0]


@pytest.mark.parametrize("secret", SECRETS)
def test_known_shapes_are_dropped_wherever_they_stand(lines, secret):
    log = structlog.get_logger("test")
    log.info("event", value=secret, nested={"deep": [f"before {secret} after"]})
    logging.getLogger("library").warning("said %s", secret)

    assert core_of(secret) not in json.dumps(lines(), ensure_ascii=False)
    assert len(lines()) == 2


@pytest.mark.parametrize("name", SECRET_NAMES)
def test_a_value_under_a_telling_name_is_dropped_whatever_it_looks_like(name):
    assert redact({name: "plain words"}) == {name: MASK}


def test_an_exception_is_redacted_too(lines):
    try:
        raise ValueError("cannot connect to postgresql://web:hunter2secret@db/x")
    except ValueError:
        structlog.get_logger("test").exception("failed")

    (line,) = lines()
    assert "hunter2secret" not in json.dumps(line)
    assert "ValueError" in line["exception"]


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("+447700900123", "+447•••23"),
        ("call +44 now", "call +44 now"),
        ("from +12025550143 to +442079460000", "from +120•••43 to +442•••00"),
    ],
)
def test_phone_numbers_keep_only_their_ends(text, seen):
    assert redact(text) == seen


def test_ids_times_and_words_stay():
    plain = {
        "event": "call.ended", "org": "01a1f86c-8e93-75cf-9e94-6a41ee321646", "ms": 12.5,
        "at": "2026-11-20T10:00:00Z", "route": "dashboard/calls/<uuid:call_id>", "status": 200,
    }  # fmt: skip
    assert redact(plain) == plain


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda kids: st.lists(kids) | st.dictionaries(st.text(), kids),
    )
)
def test_redacting_never_fails_and_settles(value):
    once = redact(value)

    assert redact(once) == once


@pytest.mark.parametrize("field", ["password", "login"])
def test_a_sign_in_leaves_nothing_of_what_was_typed(db, lines, field):
    Client().post(
        "/accounts/login/?next=/x%3Ftoken=canary-query",
        {"login": "a@b.example", "password": "x", field: "canary-typed"},
    )

    text = json.dumps(lines())
    assert "canary" not in text
    assert any(line["event"] == "request" and line["status"] == 200 for line in lines())


def test_a_request_line_says_who_what_and_how_long(north, north_owner, sign_in, lines):
    client = sign_in(north_owner)
    response = client.get("/dashboard/settings/team")

    line = next(line for line in lines() if line["event"] == "request")
    assert {"method", "route", "status", "ms", "request_id", "org", "user"} <= line.keys()
    assert line["org"] == str(north.pk)
    assert line["request_id"] == response["X-Request-Id"]
