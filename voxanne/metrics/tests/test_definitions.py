"""Metrics that cannot be named wrongly, hold anybody's data, or grow for ever."""

import itertools

import pytest

from voxanne.metrics import counter, gauge, histogram, word
from voxanne.metrics.definitions import MOST_SERIES, REGISTRY

_names = (f"trial_{number}" for number in itertools.count())


@pytest.mark.parametrize(
    "label",
    ["org_id", "org", "phone", "call_id", "name", "caller_name", "email", "number", "token", "url", "pid", "le"],
)
def test_a_label_for_somebodys_data_is_refused(label):
    with pytest.raises(ValueError, match=label):
        counter(next(_names), "A trial.", labels=("outcome", label))


@pytest.mark.parametrize("name", ["voxanne_calls", "calls_total", "Calls", "calls-made", "_calls", ""])
def test_a_name_that_is_not_ours_is_refused(name):
    with pytest.raises(ValueError, match="lower case"):
        counter(name, "A trial.")


def test_a_duration_says_that_it_is_in_seconds():
    with pytest.raises(ValueError, match="seconds"):
        histogram("trial_latency_ms", "A trial.")


def test_the_full_names():
    made, open_now = counter("trial_made", "A trial.", labels=("result",)), gauge("trial_open", "A trial.")
    took = histogram("trial_seconds", "A trial.")
    made.labels(result="good").inc()
    open_now.inc(3)
    took.observe(0.2)

    assert REGISTRY.get_sample_value("voxanne_trial_made_total", {"result": "good"}) == 1
    assert REGISTRY.get_sample_value("voxanne_trial_open") == 3
    assert REGISTRY.get_sample_value("voxanne_trial_seconds_count") == 1


def test_what_has_not_happened_yet_is_told_as_zero():
    counter("trial_rare", "A trial.", labels=("reason",), from_zero=("good", "bad"))

    assert REGISTRY.get_sample_value("voxanne_trial_rare_total", {"reason": "bad"}) == 0


def test_a_label_that_grows_for_ever_is_counted_together_from_some_point_on():
    name = next(_names)
    metric = counter(name, "A trial.", labels=("kind",))
    for number in range(MOST_SERIES + 100):
        metric.labels(kind=number).inc()
    metric.labels(kind=3).inc()

    assert REGISTRY.get_sample_value(f"voxanne_{name}_total", {"kind": "3"}) == 2
    assert REGISTRY.get_sample_value(f"voxanne_{name}_total", {"kind": "other"}) == 100
    assert REGISTRY.get_sample_value(f"voxanne_{name}_total", {"kind": str(MOST_SERIES + 1)}) is None


def test_what_others_choose_becomes_one_of_the_known_words():
    assert word("status-update", {"status-update"}) == "status-update"
    assert word("+447700900123", {"status-update"}) == "other"
