"""What a scenario is, and the phrases that several of them share."""

import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from sandbox import clock
from sandbox.calls.conversation import Conversation
from sandbox.calls.courier import DeliveryStyle
from sandbox.calls.outcome import Outcome

SATURDAY = 5


@dataclass(frozen=True)
class Wishes:
    """What the caller is after, where whoever placed the call has an opinion. Empty fields are chosen by the seed."""

    service: str = ""
    date: str = ""


@dataclass(frozen=True)
class Stage:
    """What a scenario gets to play with."""

    conversation: Conversation
    wishes: Wishes = field(default_factory=Wishes)

    @property
    def rng(self) -> random.Random:
        """The call's own dice: the same seed gives the same call."""
        return self.conversation.rng

    def choose(self, options: Sequence[str]) -> str:
        """Pick one wording."""
        return self.rng.choice(options)


@dataclass(frozen=True)
class Scenario:
    """One kind of call. `play` starts when the phone rings and returns what the call came to.

    `caller_has_visit` says that it is told of a patient with an appointment: whoever places it may choose one.
    """

    key: str
    title: str
    description: str
    play: Callable[[Stage], Awaitable[Outcome]]
    delivery: DeliveryStyle = DeliveryStyle.IN_ORDER
    listed: bool = True
    caller_has_visit: bool = False


def coming_weekday(rng: random.Random) -> date:
    """Return a working day within the next week, not today."""
    today = clock.now().date()
    days = [today + timedelta(days=ahead) for ahead in range(1, 8)]
    return rng.choice([day for day in days if day.weekday() < SATURDAY])


def working_day_from(days_ahead: int) -> date:
    """Return the first working day so many days from now, or after."""
    day = clock.now().date() + timedelta(days=days_ahead)
    return day if day.weekday() < SATURDAY else next_working_day(day)


def next_working_day(day: date) -> date:
    """Return the working day that follows."""
    following = day + timedelta(days=1)
    return following if following.weekday() < SATURDAY else next_working_day(following)


def spoken_day(day: date) -> str:
    """Say a date as people do: Tuesday the 24th of November."""
    return f"{day:%A} the {day.day}{_ordinal_suffix(day.day)} of {day:%B}"


def _ordinal_suffix(number: int) -> str:
    if number in {11, 12, 13}:
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
