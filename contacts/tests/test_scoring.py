"""A score is a sum of points with their reasons; the same facts give the same score, and time alone cools it."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from contacts.models import LeadStatus
from contacts.scoring import CallFacts, LeadFacts, score_lead

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
PRICES = (15_000, 40_000, 50_000, 500_000, 600_000, 750_000, 800_000)


def scored(*calls, status=LeadStatus.CONTACTED, moment=NOW):
    return score_lead(LeadFacts(status=status, calls=calls, prices=PRICES), moment=moment)


def called(hours=1.0, **facts):
    return CallFacts(at=NOW - timedelta(hours=hours), **facts)


def test_a_lead_without_calls_has_the_first_score():
    assert (scored().score, scored().changes_at) == (40, None)


@pytest.mark.parametrize(
    ("facts", "points", "why"),
    [
        ({"value_minor": 800_000, "services": ("Facelift",)}, 20, "Facelift, among your highest prices"),
        ({"value_minor": 500_000, "services": ("Liposuction",)}, 12, "Liposuction, in the middle of your prices"),
        ({"value_minor": 40_000, "services": ("Botox",)}, 6, "Botox, among your lower prices"),
        ({"wants": True}, 15, "Wants to book"),
        ({"declined": True}, -15, "Said no in the last call that told"),
        ({"urgency": "high"}, 10, "It is urgent"),
        ({"urgency": "medium"}, 5, "It is somewhat urgent"),
        ({"sentiment": "positive"}, 10, "Sounded pleased"),
        ({"sentiment": "negative"}, -10, "Sounded unhappy"),
        ({"missed": True}, 10, "Reached nobody the last time and may be waiting"),
    ],
)
def test_each_point_has_its_reason(facts, points, why):
    found = scored(called(**facts))

    assert found.score == 50 + points
    assert (points, why) in [(reason.points, reason.why) for reason in found.reasons]
    assert sum(reason.points for reason in found.reasons) == found.score


@pytest.mark.parametrize("facts", [{"wants": False}, {"urgency": "low"}, {"urgency": "soon"}, {"sentiment": "neutral"}])
def test_what_says_nothing_gives_no_points(facts):
    assert scored(called(**facts)).score == scored(called()).score == 50


@pytest.mark.parametrize(
    ("days", "points"), [(0.9, 10), (1, 5), (6.9, 5), (7, 0), (29.9, 0), (30, -10), (89.9, -10), (90, -20), (400, -20)]
)
def test_a_score_cools_with_the_time_since_the_last_call(days, points):
    assert scored(called(days * 24)).score == 40 + points


def test_it_is_known_when_time_alone_changes_a_score():
    first = called(0)
    moment, seen = NOW, []
    for _ in range(10):
        found = scored(first, moment=moment)
        seen.append(found.score)
        if found.changes_at is None:
            break
        assert scored(first, moment=found.changes_at - timedelta(seconds=1)).score == found.score
        moment = found.changes_at

    assert seen == [50, 45, 40, 30, 20]


def test_who_calls_again_scores_more_and_the_newest_word_counts():
    angry, pleased = called(48, sentiment="negative", missed=True), called(1, sentiment="positive", wants=True)
    twice = scored(angry, pleased)

    assert twice.score == 40 + 10 + 15 + 10 + 5
    assert "Called twice in three months" in [reason.why for reason in twice.reasons]
    assert scored(angry, pleased, called(72)).score == twice.score + 5


def test_no_order_of_calls_changes_a_score():
    calls = [called(1, wants=True), called(30, urgency="high", value_minor=40_000, services=("Botox",)), called(900)]

    assert len({scored(*order).score for order in itertools.permutations(calls)}) == 1


def test_the_stage_counts_and_is_not_counted_twice():
    wants = called(1, wants=True)
    assert scored(wants, status=LeadStatus.BOOKED).score == 70
    assert scored(called(1, declined=True), status=LeadStatus.LOST).score == 20


def test_a_score_stays_within_0_and_100():
    best = called(0, value_minor=900_000, services=("All",), wants=True, urgency="high", sentiment="positive")
    worst = called(24 * 200, declined=True, sentiment="negative")

    assert scored(*[best] * 3, status=LeadStatus.BOOKED).score == 100
    assert scored(worst, status=LeadStatus.LOST).score == 0


def test_a_clinic_with_one_price_and_one_without_any_are_scored_alike():
    facts = called(value_minor=100, services=("X",))
    for prices in ((), (100,)):
        assert score_lead(LeadFacts(LeadStatus.NEW, (facts,), prices), moment=NOW).score in (56, 62)
