"""A call's columns follow from its messages, whatever their order."""

import itertools
import json

import pytest

from calls.facts import extract, merge, project
from calls.ingress.messages import Message, parse_message
from calls.tests import payloads


def message(body: dict) -> Message:
    parsed = parse_message(json.dumps(body).encode())
    assert parsed is not None
    return Message(parsed.stripped())


def columns_of(bodies: list[dict]) -> dict:
    facts: dict = {}
    for body in bodies:
        facts = merge(facts, extract(message(body)))
    return project(facts)


def test_every_order_of_a_calls_seven_events_gives_the_same_columns():
    extracted = [extract(message(body)) for body in payloads.seven_events("c1")]
    results = set()
    for order in itertools.permutations(extracted):
        facts: dict = {}
        for part in order:
            facts = merge(facts, part)
        results.add(json.dumps(project(facts), sort_keys=True, default=str))
    assert len(results) == 1


def test_merging_the_same_facts_again_changes_nothing():
    facts: dict = {}
    for body in payloads.seven_events("c1"):
        facts = merge(facts, extract(message(body)))
    for body in payloads.seven_events("c1"):
        assert merge(facts, extract(message(body))) == facts


def test_the_mapping_table_of_the_specification():
    columns = columns_of([payloads.report(call_id="c1")])

    assert columns["phone_number"] == columns["from_number"] == payloads.CALLER
    assert columns["to_number"] == payloads.CLINIC
    assert columns["caller_name"] == "Ana Reyes"
    assert str(columns["total_cost"]) == "0.3412"
    assert columns["duration_seconds"] == 216
    assert columns["outcome_summary"] == "Ana asked about Botox."
    assert columns["ended_reason"] == "customer-ended-call"
    assert columns["started_at"].isoformat() == "2026-11-20T10:00:02+00:00"
    assert (columns["sentiment"], columns["sentiment_label"], columns["sentiment_score"]) == (
        "positive",
        "positive",
        0.82,
    )
    assert columns["sentiment_urgency"] == "low"
    assert columns["sentiment_source"] == "structured_output"


def test_outbound_calls_swap_the_numbers():
    body = payloads.report(call_id="c1")
    body["message"]["call"]["type"] = "outboundPhoneCall"

    columns = columns_of([body])

    assert columns["call_type"] == "outbound"
    assert (columns["from_number"], columns["to_number"], columns["phone_number"]) == (
        payloads.CLINIC,
        payloads.CALLER,
        payloads.CALLER,
    )


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_stub_report_never_displaces_a_full_one(order):
    bodies = [payloads.report(call_id="c1"), payloads.stub_report(call_id="c1", at=500)]

    columns = columns_of([bodies[index] for index in order])

    assert columns["outcome_summary"] == "Ana asked about Botox."


def test_a_late_status_never_reopens_an_ended_call():
    columns = columns_of([payloads.report(call_id="c1"), payloads.status("in-progress", call_id="c1", at=400)])
    assert columns["status"] == "completed"


@pytest.mark.parametrize(
    ("fields", "seconds"),
    [
        ({"durationSeconds": "216"}, 216),
        ({"durationSeconds": None, "durationMs": 1500}, 2),
        ({"durationSeconds": None, "startedAt": "nonsense", "endedAt": None}, None),
        ({"durationSeconds": "about three minutes"}, 216),
        ({"durationSeconds": -5}, 216),
    ],
)
def test_durations_come_from_wherever_they_stand(fields, seconds):
    body = payloads.report(call_id="c1", **fields)
    assert columns_of([body])["duration_seconds"] == seconds


@pytest.mark.parametrize(
    ("artifact", "analysis", "label", "source"),
    [
        ({}, {"structuredData": {"sentiment": "negative"}}, "negative", "structured_data"),
        ({}, {"sentiment": "Positive", "sentimentScore": "0.9"}, "positive", "analysis"),
        ({}, {"sentiment": "ecstatic"}, "", ""),
        ({"structuredOutputs": {"x": {"name": "call_sentiment", "result": 7}}}, {}, "", ""),
        ({"structuredOutputs": []}, {}, "", ""),
    ],
)
def test_sentiment_comes_from_structured_outputs_then_from_older_places(artifact, analysis, label, source):
    base = {"messages": [{"role": "user", "message": "Hi"}], **artifact}
    columns = columns_of([payloads.report(call_id="c1", artifact=base, analysis=analysis)])
    assert (columns["sentiment_label"], columns["sentiment_source"]) == (label, source)


@pytest.mark.parametrize(
    ("reason", "status", "outcome"),
    [
        ("customer-ended-call", "completed", "completed"),
        ("pipeline-error-openai-llm-failed", "failed", "failed"),
        ("call.in-progress.error-vapifault-worker-died", "failed", "failed"),
        ("customer-did-not-answer", "completed", "no_answer"),
        ("voicemail", "completed", "voicemail"),
        ("assistant-forwarded-call", "completed", "transferred"),
        ("a-reason-made-up-next-year", "completed", "completed"),
        ("", "completed", "completed"),
    ],
)
def test_endings_are_understood_by_family(reason, status, outcome):
    columns = columns_of([payloads.report(call_id="c1", endedReason=reason)])
    assert (columns["status"], columns["outcome"]) == (status, outcome)


def test_a_booking_is_the_outcome_whatever_ended_the_call():
    facts = merge(extract(message(payloads.report(call_id="c1", endedReason="pipeline-error-x"))), {"booked": True})
    columns = project(facts)
    assert columns["booking_confirmed"]
    assert columns["outcome"] == "booked"
