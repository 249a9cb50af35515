"""Vapi's messages are read whatever their shape, and never believed further than they go."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.facts import extract, merge, project
from calls.ingress.messages import Message, as_datetime, parse_message, read_arguments
from calls.tests import payloads

ARGUMENTS = {"date": "2026-11-25", "service": "Botox"}
SHAPES = [
    {"id": "t1", "type": "function", "function": {"name": "checkAvailability", "arguments": ARGUMENTS}},
    {"id": "t1", "type": "function", "function": {"name": "checkAvailability", "arguments": json.dumps(ARGUMENTS)}},
    {"id": "t1", "name": "checkAvailability", "arguments": ARGUMENTS},
    {"id": "t1", "name": "checkAvailability", "arguments": json.dumps(ARGUMENTS)},
    {"id": "t1", "name": "checkAvailability", "parameters": ARGUMENTS},
    {"toolCallId": "t1", "function": {"name": "checkAvailability", "parameters": ARGUMENTS}},
]


@pytest.mark.parametrize("item", SHAPES)
@pytest.mark.parametrize("key", ["toolCallList", "toolCalls"])
def test_tool_calls_are_read_in_every_documented_and_observed_shape(item, key):
    (call,) = Message({"type": "tool-calls", key: [item]}).tool_calls
    assert (call.id, call.name, call.arguments, call.problem) == ("t1", "checkAvailability", ARGUMENTS, "")


def test_the_same_call_in_three_lists_counts_once():
    body = payloads.tool_call("checkAvailability", ARGUMENTS, call_id="c1")
    assert len(Message(body["message"]).tool_calls) == 1


@pytest.mark.parametrize("raw", ["{broken", "[1, 2]", '"text"', "12", 5, [1]])
def test_arguments_that_cannot_be_read_say_so(raw):
    arguments, problem = read_arguments(raw)
    assert arguments == {}
    assert "JSON" in problem


@pytest.mark.parametrize("raw", [None, "", "{}", {}])
def test_no_arguments_are_no_problem(raw):
    assert read_arguments(raw) == ({}, "")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1785000000000, "2026-07-25T17:20:00+00:00"),
        ("1785000000000", "2026-07-25T17:20:00+00:00"),
        (1785000000, "2026-07-25T17:20:00+00:00"),
        ("2026-07-25T17:20:00Z", "2026-07-25T17:20:00+00:00"),
    ],
)
def test_timestamps_are_read_in_every_observed_form(value, expected):
    assert as_datetime(value).isoformat() == expected


@pytest.mark.parametrize("value", [None, True, "soon", [], {}, float("inf"), 10**30])
def test_what_is_no_timestamp_is_none(value):
    assert as_datetime(value) is None


def test_prompts_control_addresses_and_presigned_links_are_not_kept():
    stored = json.dumps(Message(payloads.report(call_id="c1")["message"]).stripped())
    for secret in ("the prompt", "control.vapi.example", "X-Amz-Signature"):
        assert secret not in stored


def test_a_stub_and_a_full_report_are_two_messages_and_repeats_are_one():
    full, stub = (
        Message(body["message"]) for body in (payloads.report(call_id="c"), payloads.stub_report(call_id="c"))
    )
    again = Message(payloads.report(call_id="c", at=999)["message"])
    assert full.dedupe_key != stub.dedupe_key
    assert full.dedupe_key == again.dedupe_key


def test_nul_and_half_surrogates_are_taken_out():
    parsed = parse_message(b'{"message": {"type": "a\\u0000b", "call": {"id": "x\\ud800y"}}}')
    assert parsed.type == "ab"
    assert parsed.call_id == "x?y"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=8), children, max_size=3),
    max_leaves=8,
)
KEYS = [
    "type",
    "call",
    "artifact",
    "analysis",
    "customer",
    "phoneNumber",
    "timestamp",
    "status",
    "toolCallList",
    "cost",
    "startedAt",
]


@given(
    st.dictionaries(st.sampled_from(KEYS), json_values),
    st.sampled_from(["status-update", "end-of-call-report", "tool-calls"]),
)
def test_no_shape_of_a_message_makes_reading_it_fail(body, kind):
    parsed = parse_message(json.dumps({"message": {**body, "type": kind}}).encode())
    assert parsed is not None
    assert isinstance(parsed.dedupe_key, str)
    assert isinstance(parsed.tool_calls, list)
    project(merge({}, extract(Message(parsed.stripped()))))
