"""How promising a lead is, from 0 to 100: a sum of points, each with its reason in words that staff understand.

Pure: the same facts at the same moment give the same score, in whatever order they became known. Nothing here touches
the database.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from textwrap import shorten

from contacts.models import FIRST_SCORE, LeadStatus, Reason

# Calls that are older say nothing any more.
REMEMBERED = timedelta(days=90)
LONGEST_WHY = 120


@dataclass(frozen=True)
class CallFacts:
    """What one call said about a lead.

    Attributes:
        at: when it began.
        value_minor: what it was worth, in the smallest units of the clinic's currency.
        services: what was named in it, as the price list calls them.
        wants: whether the caller wants to book; None when nobody knows.
        urgency: `low`, `medium` or `high`; "" when nobody knows.
        sentiment: `positive`, `neutral` or `negative`; "" when nobody knows.
        missed: the caller reached nobody.
    """

    at: datetime
    value_minor: int = 0
    services: tuple[str, ...] = ()
    wants: bool | None = None
    declined: bool = False
    urgency: str = ""
    sentiment: str = ""
    missed: bool = False


@dataclass(frozen=True)
class LeadFacts:
    """Everything that a score is made of. `prices` are the clinic's own, for telling what is dear here."""

    status: LeadStatus
    calls: tuple[CallFacts, ...] = ()
    prices: tuple[int, ...] = ()


@dataclass(frozen=True)
class Scored:
    """A score, its reasons, and when time alone will change it (None: never)."""

    score: int
    reasons: tuple[Reason, ...]
    changes_at: datetime | None = None


# How long ago the last call was: the points hold until that age is reached.
_RECENCY: tuple[tuple[timedelta, int, str], ...] = (
    (timedelta(days=1), 10, "Called within the last day"),
    (timedelta(days=7), 5, "Called within the last week"),
    (timedelta(days=30), 0, ""),
    (REMEMBERED, -10, "Has not called for a month"),
)
_LONG_AGO = Reason(-20, "Has not called for three months")


def score_lead(facts: LeadFacts, *, moment: datetime) -> Scored:
    """The score at a moment. A lead of whom no call is known stays at the first score."""
    newest_first = sorted(facts.calls, key=lambda call: call.at, reverse=True)
    recent = [call for call in newest_first if moment - call.at < REMEMBERED]
    reasons = [Reason(FIRST_SCORE, "Every lead starts here")]
    reasons += _of_status(facts.status)
    if newest_first:
        reasons += _of_calls(recent, facts)
        reasons += _of_recency(newest_first[0].at, moment)
    total = sum(reason.points for reason in reasons)
    return Scored(
        score=min(100, max(0, total)),
        reasons=tuple(reasons),
        changes_at=_next_change(newest_first, moment),
    )


def _of_status(status: LeadStatus) -> Iterator[Reason]:
    if status == LeadStatus.BOOKED:
        yield Reason(20, "Has booked a visit")
    elif status == LeadStatus.LOST:
        yield Reason(-30, "Is marked as lost")


def _of_calls(recent: Sequence[CallFacts], facts: LeadFacts) -> Iterator[Reason]:
    """What was said: the dearest call counts for the value, the newest word for everything else."""
    if not recent:
        return
    yield from _of_value(max(recent, key=lambda call: call.value_minor), facts.prices)
    newest_word = next((call for call in recent if call.wants is not None or call.declined), None)
    if newest_word is not None and newest_word.declined and facts.status != LeadStatus.LOST:
        yield Reason(-15, "Said no in the last call that told")
    elif newest_word is not None and newest_word.wants and facts.status != LeadStatus.BOOKED:
        yield Reason(15, "Wants to book")
    urgency = next((call.urgency for call in recent if call.urgency), "")
    if urgency in _URGENCY:
        yield _URGENCY[urgency]
    sentiment = next((call.sentiment for call in recent if call.sentiment), "")
    if sentiment in _SENTIMENT:
        yield _SENTIMENT[sentiment]
    if len(recent) > 1:
        times = "twice" if len(recent) == 2 else f"{len(recent)} times"
        yield Reason(5 if len(recent) == 2 else 10, f"Called {times} in three months")
    if recent[0].missed:
        yield Reason(10, "Reached nobody the last time and may be waiting")


# By how much of the price list is cheaper.
_PRICE_BANDS = (
    (2 / 3, 20, "among your highest prices"),
    (1 / 3, 12, "in the middle of your prices"),
    (0.0, 6, "among your lower prices"),
)
_URGENCY = {"high": Reason(10, "It is urgent"), "medium": Reason(5, "It is somewhat urgent")}
_SENTIMENT = {"positive": Reason(10, "Sounded pleased"), "negative": Reason(-10, "Sounded unhappy")}


def _of_value(dearest: CallFacts, prices: Sequence[int]) -> Iterator[Reason]:
    """Measured by the clinic's own prices, so that no currency and no kind of clinic is at a disadvantage."""
    if dearest.value_minor <= 0:
        return
    named = ", ".join(dearest.services) or "What was named"
    cheaper = sum(price < dearest.value_minor for price in prices)
    share = cheaper / len(prices) if prices else 0.5
    points, words = next((points, words) for least, points, words in _PRICE_BANDS if share >= least)
    yield Reason(points, f"{shorten(named, LONGEST_WHY - len(words) - 2, placeholder='…')}, {words}")


def _of_recency(last: datetime, moment: datetime) -> Iterator[Reason]:
    age = moment - last
    for limit, points, why in _RECENCY:
        if age < limit:
            if points:
                yield Reason(points, why)
            return
    yield _LONG_AGO


def _next_change(newest_first: Sequence[CallFacts], moment: datetime) -> datetime | None:
    """The next moment at which a call grows too old for something."""
    ages = [newest_first[0].at + limit for limit, _, _ in _RECENCY] if newest_first else []
    ages += [call.at + REMEMBERED for call in newest_first]
    return min((at for at in ages if at > moment), default=None)
