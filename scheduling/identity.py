"""Whose appointment may be spoken about: two facts that fit, and the same words for "wrong" as for "unknown".

A calling number is one fact and no proof: families share telephones, and numbers can be forged.
"""

import unicodedata
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from contacts.models import NumberUse
from orgs.models import Organization
from scheduling.models import Appointment
from scheduling.selectors import STANDING
from voxanne.clock import now
from voxanne.errors import DomainError

FACTS_NEEDED = 2
MOST_READ = 50


class NotProven(DomainError):
    """Nothing here fits the facts, or too few of them were given. Which of the two is not told."""

    code = "not_proven"
    http_status = 404
    message = (
        "I cannot find an appointment with those details. Ask for the full name together with the booking reference or "
        "the date of birth."
    )


@dataclass(frozen=True)
class Claim:
    """What a caller says, or what their telephone says, about whose appointment it is.

    Attributes:
        numbers: in E.164: the one that calls, and one that was said.
        reference: however it is spaced.
    """

    numbers: tuple[str, ...] = ()
    name: str = ""
    date_of_birth: date | None = None
    reference: str = ""


def find_own_visits(*, org: Organization, claim: Claim) -> list[Appointment]:
    """The standing appointments to come that two facts of the claim fit, in order. One query, inside org_tx.

    Raises:
        NotProven: there are none.
    """
    wanted = _candidates(claim)
    if wanted is None:
        raise NotProven
    rows = (
        Appointment.objects.for_org(org.pk)
        .filter(wanted, status__in=STANDING, starts_at__gt=now())
        .select_related("contact", "service", "practitioner")
        .order_by("starts_at", "id")[:MOST_READ]
    )
    proven = [row for row in rows if count_facts(claim, row) >= FACTS_NEEDED]
    if not proven:
        raise NotProven
    return proven


def count_facts(claim: Claim, appointment: Appointment) -> int:
    """How many of number, full name, date of birth and reference fit an appointment.

    A number that several people use says nothing about any of them.
    """
    contact = appointment.contact
    facts = [
        bool(claim.reference) and _code(claim.reference) == appointment.reference.upper(),
        is_same_person(claim.name, appointment.patient_name, contact.name if contact else ""),
    ]
    if contact is not None:
        facts.append(bool(contact.phone) and contact.number_use != NumberUse.SEVERAL and contact.phone in claim.numbers)
        facts.append(claim.date_of_birth is not None and contact.date_of_birth == claim.date_of_birth)
    return sum(facts)


def is_same_person(said: str, *stored: str) -> bool:
    """Whether a full name, of two words or more, is one of the stored names, whatever its case, accents and order."""
    words = _words(said)
    return len(words) > 1 and any(words == _words(name) for name in stored)


def _candidates(claim: Claim) -> Q | None:
    """What an index finds: by reference, by number, or by date of birth."""
    wanted = Q()
    if claim.reference:
        wanted |= Q(reference=_code(claim.reference))
    if numbers := [number for number in claim.numbers if number]:
        wanted |= Q(contact__phone__in=numbers)
    if claim.date_of_birth is not None:
        wanted |= Q(contact__date_of_birth=claim.date_of_birth)
    return wanted or None


def _code(reference: str) -> str:
    return "".join(char for char in reference if char.isalnum()).upper()[:8]


def _words(name: str) -> frozenset[str]:
    plain = unicodedata.normalize("NFKD", name).casefold()
    letters = (char for char in plain if char not in "'’" and not unicodedata.combining(char))
    return frozenset("".join(char if char.isalnum() else " " for char in letters).split())
