"""The mood of a caller, from their words."""

import pytest

from calls.sentiment import judge_mood, judge_urgency

POSITIVE = (
    ["Hi, I'd like to book Botox.", "Tuesday is perfect, thank you so much!"],
    ["Is Dr Hale free?", "Brilliant, that's lovely."],
    ["I was nervous", "You have been so kind and helpful, I feel much better."],
    ["Great, see you then 😀"],
    ["You were recommended by a friend, she loves it."],
)
NEGATIVE = (
    ["I've been waiting for two weeks and nobody rang me back.", "This is ridiculous."],
    ["Your receptionist was rude.", "I want to make a complaint."],
    ["I hate how it looks, it's botched.", "I want a refund."],
    ["Thanks for nothing, this is the worst service ever."],
    ["I'm very angry and disappointed."],
)
NEUTRAL = (
    ["What does Botox cost?", "Okay."],
    ["I need to cancel my appointment."],
    ["Are you open on Saturday?", "Right, bye."],
    ["It hurts a bit, is that normal?"],
    ["My name is Ana Reyes.", "Tuesday at ten."],
)


@pytest.mark.parametrize(
    ("label", "lines"),
    [
        *(("positive", lines) for lines in POSITIVE),
        *(("negative", lines) for lines in NEGATIVE),
        *(("neutral", lines) for lines in NEUTRAL),
    ],
    ids=lambda value: value if isinstance(value, str) else value[-1][:30],
)
def test_the_mood_of_what_was_said(label, lines):
    mood = judge_mood(lines)
    assert mood is not None
    assert mood.label == label, mood


def test_the_score_runs_from_angry_to_delighted():
    angry, plain, glad = (judge_mood(lines) for lines in (NEGATIVE[0], NEUTRAL[1], POSITIVE[1]))
    assert angry
    assert plain
    assert glad
    assert 0 <= angry.score < plain.score == 0.5 < glad.score <= 1


def test_how_a_call_ends_counts_more_than_how_it_began():
    grumpy, glad = "This is really annoying.", "Oh wonderful, you are a star, thank you!"
    better, worse = judge_mood([grumpy, glad]), judge_mood([glad, grumpy])
    assert better
    assert worse
    assert better.score > worse.score


@pytest.mark.parametrize("lines", [[], [""], ["   "]])
def test_a_caller_who_said_nothing_has_no_mood(lines):
    assert judge_mood(lines) is None


@pytest.mark.parametrize(
    ("urgency", "line"),
    [
        ("high", "I need to see somebody right away."),
        ("high", "It is urgent."),
        ("high", "I can't breathe."),
        ("medium", "My lip is swollen."),
        ("medium", "Do you have anything tomorrow?"),
        ("low", "I'm thinking about a consultation in spring."),
    ],
)
def test_urgency_follows_plain_words(urgency, line):
    assert judge_urgency([line]) == urgency


def test_any_script_is_heard():
    assert judge_mood(["شكرا", "תודה", "😡😡"]) is not None
