"""Signatures in all their variants, templates, and tool answers of every kind."""

import base64
import hmac
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from sandbox.calls.liquid import built_in, render
from sandbox.calls.signing import authentication_headers
from sandbox.calls.tool_answer import APOLOGY, NO_RESULT, read_tool_answer
from sandbox.ledger import SentWebhook

BODY = b'{"message":"{timestamp} stays"}'


def _signed(**plan: Any) -> dict[str, str]:
    plan = {"type": "hmac", "secretKey": "k", "algorithm": "sha256", **plan}
    return authentication_headers(plan, body=BODY, url="https://x.test/hook", timestamp=1700)


def _digest(signed: bytes, key: bytes = b"k", algorithm: str = "sha256") -> bytes:
    return hmac.new(key, signed, algorithm).digest()


def test_the_default_signature_covers_the_timestamp() -> None:
    assert _signed() == {"x-signature": _digest(b"1700." + BODY).hex(), "x-timestamp": "1700"}


def test_signature_options() -> None:
    assert _signed(includeTimestamp=False) == {"x-signature": _digest(BODY).hex()}
    assert _signed(signaturePrefix="sha256=")["x-signature"].startswith("sha256=")
    encoded = _signed(signatureEncoding="base64")["x-signature"]
    assert base64.b64decode(encoded) == _digest(b"1700." + BODY)
    assert _signed(algorithm="sha512")["x-signature"] == _digest(b"1700." + BODY, algorithm="sha512").hex()
    key = base64.b64encode(b"raw").decode()
    assert _signed(secretKey=key, secretIsBase64=True)["x-signature"] == _digest(b"1700." + BODY, b"raw").hex()
    custom = _signed(payloadFormat="{method} {url} {timestamp}")
    assert custom["x-signature"] == _digest(b"POST https://x.test/hook 1700").hex()
    assert _signed(messageIdHeader="svix-id")["svix-id"].startswith("msg_")


def test_templates_know_paths_and_drop_what_they_do_not_know() -> None:
    variables = {"customer": {"number": "+44", "name": None}, "name": "Ana"}

    assert render("{{customer.number}} {{ name }}{{ nothing.here }}{{ customer.name }}", variables) == "+44 Ana"


NOVEMBER = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("template", "shown"),
    [
        ('{{"now" | date: "%A %d %B, %H:%M", "Europe/Madrid"}}', "Wednesday 25 November, 00:30"),
        ("{{ 'now' | date: '%Y' }}", "2026"),
        ('{{ now | date: "%A", "Europe/Madrid" }}', "Nov 24, 2026, 11:30 PM UTC"),
        ("{{ date }}, {{time}}", "Nov 24, 2026 UTC, 11:30 PM UTC"),
        ('Hi {{ name | default: "there" }}!', "Hi Ana!"),
        ("Hi {{ nobody | default: 'there' }}!", "Hi there!"),
        ("{{ name | upcase }}{{ name | unheard_of }}", "ANAAna"),
        ("{% if name %}Hi {{ name }}{% else %}Hi{% endif %}.", "Hi Ana."),
        ("{% if nobody %}Hi{% if name %}!{% endif %}{% else %}Hello{% endif %}.", "Hello."),
        ("{% unless nobody %}{% if name == 'Ana' %}A{% endif %}{% if name != 'Ana' %}B{% endif %}{% endunless %}", "A"),
        ("{{ customer }} {{ list }}", "[object Object] ab"),
        ("{{ quote }}", "{{ name }}"),
        ("{{ }} {% endif %}{{ 3 }}", " 3"),
    ],
)
def test_templates_as_vapi_fills_them_in(template: str, shown: str) -> None:
    own = {"name": "Ana", "customer": {"number": "+44"}, "list": ["a", "b"], "quote": "{{ name }}"}

    assert render(template, {**built_in(NOVEMBER), **own}, now=NOVEMBER) == shown


def _sent(response: Any, status: int | None = 200) -> SentWebhook:
    text = response if isinstance(response, str) else json.dumps(response)
    return SentWebhook("c", "tool-calls", "http://x", 1, {}, "{}", status, 1.0, text, None)


@pytest.mark.parametrize(
    ("response", "result", "problem"),
    [
        ({"results": [{"toolCallId": "t", "result": "Fine"}]}, "Fine", None),
        ({"results": [{"toolCallId": "t", "error": "Taken"}]}, "Taken", None),
        ({"results": [{"toolCallId": "t", "result": "a\nb"}]}, "a\nb", "more than one line"),
        ({"results": [{"toolCallId": "t", "result": {"a": 1}}]}, '{"a": 1}', "not a string"),
        ({"results": [{"toolCallId": "u", "result": "x"}]}, NO_RESULT, "tool call's id"),
        ("not json", NO_RESULT, "no usable answer"),
    ],
)
def test_results(response: Any, result: str, problem: str | None) -> None:
    answer = read_tool_answer(_sent(response), "t")

    assert answer.result == result
    assert bool(answer.problems) is (problem is not None)
    assert problem is None or problem in answer.problems[0]


def test_facts_come_from_the_older_form_or_from_the_result_itself() -> None:
    facts = {"success": True, "slots": [{"start": "s"}, "odd"], "message": "One slot."}
    older = read_tool_answer(
        _sent({"results": [{"toolCallId": "t", "result": "r"}], "toolResult": {"content": json.dumps(facts)}}), "t"
    )
    inline = read_tool_answer(_sent({"results": [{"toolCallId": "t", "result": json.dumps(facts)}]}), "t")

    for answer in (older, inline):
        assert answer.succeeded
        assert answer.entries("slots") == [{"start": "s"}]
        assert answer.spoken == "One slot."


def test_a_failed_answer_is_spoken_as_an_apology() -> None:
    answer = read_tool_answer(_sent("", status=502), "t")

    assert (answer.spoken, answer.succeeded) == (APOLOGY, False)
    assert answer.problems == ("no usable answer (HTTP 502)",)
