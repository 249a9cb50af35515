"""In which order those who wait are asked about a freed time. Pure computation."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from scheduling.types import PartOfDay


@dataclass(frozen=True)
class FreedSpan:
    """A freed time as far as wishes are about it.

    Attributes:
        service_id: what stood there, None for a plain visit.
        days, parts: which of the clinic's days and parts of the day it touches.
    """

    practitioner_id: int
    service_id: UUID | None
    days: frozenset[date]
    parts: frozenset[PartOfDay]


@dataclass(frozen=True)
class Wish:
    """What somebody waits for. None is "whatever it is"."""

    id: UUID
    service_id: UUID | None
    practitioner_id: int | None
    first_day: date
    last_day: date
    part_of_day: PartOfDay | None
    waiting_since: datetime


def fits(wish: Wish, freed: FreedSpan) -> bool:
    """Whether somebody could come then. Whether the diary has room for their service is asked apart."""
    return (
        wish.practitioner_id in (None, freed.practitioner_id)
        and any(wish.first_day <= day <= wish.last_day for day in freed.days)
        and (wish.part_of_day is None or wish.part_of_day in freed.parts)
    )


def closeness(wish: Wish, freed: FreedSpan) -> tuple[bool, bool, bool, bool]:
    """How exactly a freed time is what was asked for: service, practitioner, day, part of the day, in that order."""
    return (
        wish.service_id is not None and wish.service_id == freed.service_id,
        wish.practitioner_id == freed.practitioner_id,
        wish.first_day == wish.last_day,
        wish.part_of_day is not None,
    )


def ranked(wishes: Iterable[Wish], freed: FreedSpan) -> list[Wish]:
    """Those whom it fits: the closest wishes first, among equals whoever waits longest."""

    def order(wish: Wish) -> tuple[list[bool], datetime, UUID]:
        return [not exact for exact in closeness(wish, freed)], wish.waiting_since, wish.id

    return sorted((wish for wish in wishes if fits(wish, freed)), key=order)
