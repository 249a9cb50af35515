"""How the caller felt, from their words alone, where Vapi did not say: a lexicon, no model.

VADER's lexicon knows what words and emoji are worth; words that are everyday in a clinic and say nothing about the
mood are taken out of it. How a caller ends the call counts more than how they began it.
"""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from calls.facts import Facts
from calls.ingress.recording import set_facts
from calls.models import Call
from calls.tools.red_flags import find_red_flags
from contacts.spoken_wishes import Spoken

SOURCE = "lexicon"
POSITIVE_FROM, NEGATIVE_TO = 0.2, -0.12
LAST_PART, LAST_WEIGHT = 0.34, 2.0
MAX_LINES = 400

# In a clinic these are the matter, or manners.
_MATTER_OF_COURSE = (
    "pain", "painful", "painless", "hurt", "hurts", "numb", "sore", "bruise", "bruised", "cut", "cancel", "cancelled",
    "cancellation", "cancels", "cancelling", "sorry", "please", "yes", "no", "yeah", "yep", "ok", "okay", "sure",
    "hi", "hello", "dear", "care", "help", "like", "want", "emergency", "urgent", "cancer", "infection", "ill", "sick",
    "wrinkle", "fine", "interest", "interested", "free", "clear", "chance", "miss", "missed", "drop", "stop", "lower",
    "cost", "pay", "charge", "charged", "natural", "certain", "bother",
)  # fmt: skip
# What a lexicon of films and tweets does not know.
_OURS = {
    "rude": -2.6, "useless": -2.6, "ridiculous": -2.4, "unacceptable": -2.8, "complaint": -2.2, "complain": -2.0,
    "refund": -1.3, "botched": -2.8, "ignored": -2.0, "nobody": -0.8, "waiting": -0.7, "overcharged": -2.4,
    "waste": -2.0, "fed": -0.8, "thanks": 1.2, "thank": 1.0, "bye": 0.0, "perfect": 2.4, "lovely": 2.4,
    "brilliant": 2.6, "cheers": 1.2, "recommend": 1.6, "appalling": -2.9, "disgusting": -2.7, "lawyer": -1.8,
}  # fmt: skip
_HIGH = re.compile(
    r"\b(?:urgent(?:ly)?|emergency|asap|straight ?away|right (?:away|now)|immediately|as soon as possible|unbearable"
    r"|severe(?:ly)?|getting worse|today if|this instant|can'?t wait)\b",
    re.I,
)
_MEDIUM = re.compile(
    r"\b(?:today|tonight|tomorrow|this week|soon|earliest|quickly|pain(?:ful)?|hurts?|hurting|swollen|swelling"
    r"|infect(?:ed|ion)|bleed(?:ing)?|reaction|rash|fever|worried|complain(?:t|ing)?)\b",
    re.I,
)


@dataclass(frozen=True)
class Mood:
    """How a caller felt. `score` runs from 0 (angry) over 0.5 to 1 (delighted)."""

    label: str
    score: float
    urgency: str


def judge_mood(lines: Sequence[str]) -> Mood | None:
    """The mood of a caller who said these lines; None for one who said nothing."""
    said = [line for line in lines if line.strip()][-MAX_LINES:]
    if not said:
        return None
    analyser = _analyser()
    last = max(1, round(len(said) * LAST_PART))
    weights = [1.0] * (len(said) - last) + [LAST_WEIGHT] * last
    moods = [float(analyser.polarity_scores(line[:1000])["compound"]) for line in said]
    # A line that says nothing about the mood does not dilute those that do.
    weighed = [(mood, weight) for mood, weight in zip(moods, weights, strict=True) if mood] or [(0.0, 1.0)]
    mean = sum(mood * weight for mood, weight in weighed) / sum(weight for _, weight in weighed)
    label = "positive" if mean >= POSITIVE_FROM else "negative" if mean <= NEGATIVE_TO else "neutral"
    return Mood(label=label, score=round((mean + 1) / 2, 2), urgency=judge_urgency(said))


def judge_urgency(lines: Sequence[str]) -> str:
    """How soon somebody should look at it: `high`, `medium` or `low`, by plain words."""
    if find_red_flags(list(lines)) or any(_HIGH.search(line) for line in lines):
        return "high"
    return "medium" if any(_MEDIUM.search(line) for line in lines) else "low"


def settle_mood(call: Call, *, said: Sequence[Spoken]) -> None:
    """Judge an ended call by its lines where Vapi's report says nothing about the mood. Nothing is stored yet.

    Depends on nothing but the lines and facts that there are, so that a call's messages may come in any order.
    """
    report = call.facts.get("report") or call.facts.get("stub") or {}
    mood = None if report.get("sentiment") else judge_mood([line.text for line in said if line.by_caller])
    facts: Facts = {name: value for name, value in call.facts.items() if name != "mood"}
    if mood is not None:
        facts["mood"] = asdict(mood)
    if facts != call.facts:
        set_facts(call, facts)


@cache
def _analyser() -> Any:
    """Read once a process, and only in one that judges: the lexicon is half a megabyte."""
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    analyser = SentimentIntensityAnalyzer()
    for word in _MATTER_OF_COURSE:
        analyser.lexicon.pop(word, None)
    analyser.lexicon.update(_OURS)
    return analyser
