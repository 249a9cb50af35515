"""How well redaction does on lines that people say: what is found, and what is taken for something that it is not."""

import pytest

from calls.redaction import redact
from calls.tests.redaction_lines import IDENTIFIERS, ORDINARY
from calls.tests.redaction_scores import judge

LEAST_RECALL, MOST_FALSE = 0.98, 0.02


@pytest.fixture(scope="module")
def scores():
    told_by_callers = {name: judge(lines, by_caller=True) for name, lines in IDENTIFIERS.items()}
    return told_by_callers | {name: judge(lines) for name, lines in ORDINARY.items()}


def test_the_set_is_large_and_no_line_stands_in_it_twice():
    lines = [line for group in (*IDENTIFIERS.values(), *ORDINARY.values()) for line in group]
    assert len(lines) >= 500
    assert len(set(lines)) == len(lines)


def test_identifiers_are_found(scores):
    marked = sum(scores[name].marked for name in IDENTIFIERS)
    found = sum(scores[name].found for name in IDENTIFIERS)
    assert found / marked >= LEAST_RECALL, [wrong for name in IDENTIFIERS for wrong in scores[name].wrong]


@pytest.mark.parametrize("kind", IDENTIFIERS)
def test_no_kind_of_identifier_falls_behind(scores, kind):
    assert scores[kind].recall >= LEAST_RECALL, scores[kind].wrong


def test_ordinary_talk_is_left_alone(scores):
    lines = sum(scores[name].lines for name in ORDINARY)
    touched = sum(scores[name].touched for name in ORDINARY)
    assert touched / lines <= MOST_FALSE, [wrong for name in ORDINARY for wrong in scores[name].wrong]


@pytest.mark.parametrize("topic", ORDINARY)
def test_no_topic_is_worse_than_the_rest(scores, topic):
    assert scores[topic].false_positives <= MOST_FALSE, scores[topic].wrong


def test_what_was_redacted_stays_as_it_is_when_it_is_redacted_again():
    once = [redact(line.replace("«", "").replace("»", "")) for line in IDENTIFIERS["DOB"] + IDENTIFIERS["ACCOUNT"]]
    assert [redact(line) for line in once] == once
