"""What a caller wants of the price list: read from what was said, by rules that staff can follow."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from contacts.models import Service
from contacts.naming import PriceList

# The column's own limit.
MOST_VALUE = 2_147_483_647

_CLAUSE = re.compile(
    r"[.?!;\n]+|,?\s+\bbut\b\s+|(?:,\s+(?:and\s+)?|\s+and\s+)(?=(?:i|we|just|how|what|instead|is|are|do|does|can)\b)",
    re.IGNORECASE,
)
_APOSTROPHE = str.maketrans({"\u2019": "'", "\u2018": "'", "\u02bc": "'"})
_ASKS = re.compile(
    r"\b(?:want|like|need|love)(?:ed)? to (?:ask|know|hear|find out|check|cancel)\b|\bdo (?:i|we|you) (?:need|want)\b",
    re.IGNORECASE,
)
_WANTS = re.compile(
    r"\b(?:want|need|love|wanna)(?:ing|s)?\b|(?:\bwould|'d) (?:\w+ )?like\b|\bbook(?:ing)?\b|\bschedule\b"
    r"|\binterested in\b|\blooking (?:for|to)\b|\bsign me up\b|\bgo (?:for|with|ahead)\b|\bcome in for\b"
    r"|\bget (?:a|an|my|some|the)\b(?! (?:price|quote|idea|cost|rough))|\bhave (?:my|some|the)\b"
    r"|\bthinking (?:of|about)\b|\bappointment for\b",
    re.IGNORECASE,
)
_REFUSES = re.compile(
    r"\b(?:do not|don't|dont|did not|didn't|no longer|never|not|wouldn't|would not) "
    r"(?:\w+ ){0,2}?(?:want|need|interested|like|looking|fancy|after)\b|\binstead of\b|\brather than\b|\bwithout\b",
    re.IGNORECASE,
)
_CANCELS = re.compile(r"\bcancel(?:s|led|ling)?\b", re.IGNORECASE)
_YES = re.compile(r"\s*(?:yes|yeah|yep|yup|sure|ok|okay|please|correct|exactly|that's right|that one)\b", re.IGNORECASE)
_DECLINES = re.compile(
    r"\bnot interested\b|\bno longer interested\b|\b(?:too|very) expensive\b|\bchanged my mind\b"
    r"|\bdecided against\b|\b(?:stop|don't|do not) call(?:ing)?\b(?! back| me back| her| him| them)|\btake me off\b"
    r"|\b(?:gone|going|found|booked|went) (?:with |to )?(?:somewhere else|elsewhere|another clinic|someone else)\b"
    r"|\bdon't want (?:it|this|that|anything|any more|to go ahead)\b|\bleave it (?:for now|there)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Spoken:
    """One thing that was said, and whether the caller said it."""

    by_caller: bool
    text: str


@dataclass(frozen=True)
class NamedService:
    """A service that a caller named, and whether as wanted."""

    service: Service
    is_wanted: bool


def services_named(said: Sequence[Spoken], *, services: Sequence[Service]) -> list[NamedService]:
    """The services that a caller named, wanted ones first, then in the order of the price list.

    What the receptionist lists is not the caller's wish, except where the caller says yes to a question about one
    service. What the caller refuses ("I don't want a facelift") is left out, unless it is wanted elsewhere.
    """
    named: dict[Service, bool] = {}
    for service, is_wanted in _readings(said, PriceList(services)):
        named[service] = named.get(service, False) or is_wanted
    order = {service: place for place, service in enumerate(services)}
    found = [NamedService(service, is_wanted) for service, is_wanted in named.items()]
    return sorted(found, key=lambda one: (not one.is_wanted, order[one.service]))


def value_of(named: Sequence[NamedService]) -> int:
    """What it may bring, in minor units: everything that is wanted, else the dearest that was named; 0 for nothing."""
    wanted = sum(one.service.price_minor for one in named if one.is_wanted)
    return min(MOST_VALUE, wanted or max((one.service.price_minor for one in named), default=0))


def has_declined(said: Iterable[Spoken]) -> bool:
    """Whether the caller said no for good."""
    return any(_DECLINES.search(_plain(line.text)) for line in said if line.by_caller)


def _readings(said: Sequence[Spoken], price_list: PriceList) -> Iterator[tuple[Service, bool]]:
    for line in said:
        if line.by_caller:
            for clause in _CLAUSE.split(_plain(line.text)):
                yield from _of_clause(clause, price_list)
    for question, answer in pairwise(said):
        if not question.by_caller and answer.by_caller and "?" in question.text and _YES.match(_plain(answer.text)):
            asked = price_list.mentions(question.text)
            if len(asked) == 1:
                yield asked[0].service, True


def _of_clause(clause: str, price_list: PriceList) -> Iterator[tuple[Service, bool]]:
    mentions = price_list.mentions(clause)
    if not mentions or _REFUSES.search(clause):
        return
    is_wanted = bool(_WANTS.search(_ASKS.sub(" ", clause))) and not _CANCELS.search(clause)
    for mention in mentions:
        yield mention.service, is_wanted


def _plain(text: str) -> str:
    return text.translate(_APOSTROPHE)
