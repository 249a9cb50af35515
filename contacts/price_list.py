"""What the clinic sells: added, changed, taken off the price list and put back.

A service is never removed: past visits and calls name it. Agents tell callers the list, so each change goes to them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError

from agents.services import refresh_agents
from contacts.errors import BadKeywords, PriceListFull, ServiceNameTaken
from contacts.models import Service
from contacts.naming import words_of
from contacts.services import clean_name
from contacts.spoken_wishes import NamedService, Spoken, services_named, value_of
from orgs import audit
from orgs.actors import Actor
from orgs.models import Organization
from orgs.scope import org_tx
from voxanne.errors import BadInput, NotFound

LONGEST_NAME = 80
LONGEST_KEYWORD = 60
MOST_KEYWORDS = 30
MOST_SERVICES = 500
MOST_PRICE_MINOR = 1_000_000_000
NAMELESS = "Give it a name that people can read."
# What a change may hold.
CHANGEABLE = ("name", "price_minor", "keywords", "is_active")


@dataclass(frozen=True)
class Reading:
    """What a sentence names, and what a call with it would count for, in minor units."""

    named: list[NamedService]
    value_minor: int


def list_services(org: Organization) -> list[Service]:
    """The whole price list, what is sold first, by name. One query."""
    return list(Service.objects.for_org(org.pk).order_by("-is_active", "name"))


def access_any_service(org: Organization, service_id: UUID) -> Service:
    """A service, sold or not.

    Raises:
        NotFound: none of the clinic's.
    """
    found: Service | None = Service.objects.for_org(org.pk).filter(pk=service_id).first()
    if found is None:
        raise NotFound("We could not find that service.")
    return found


def add_service(*, org: Organization, facts: Mapping[str, Any], actor: Actor) -> Service:
    """Put something new on the list, in the clinic's currency.

    Args:
        facts: `name`, `price_minor`, and if wanted `keywords` and `duration_minutes`.

    Raises:
        ServiceNameTaken, BadKeywords, PriceListFull.
    """
    service = Service(org=org, currency=org.currency, **{**facts, **_cleaned(facts)})
    with org_tx():
        if Service.objects.for_org(org.pk).count() >= MOST_SERVICES:
            raise PriceListFull
        _store(service)
        audit.record(actor, "service.added", service)
        refresh_agents(org=org)
    return service


def change_service(*, org: Organization, service_id: UUID, changes: Mapping[str, Any], actor: Actor) -> list[str]:
    """Store what is different in `changes` (of `CHANGEABLE`); the names of what was.

    Raises:
        NotFound, ServiceNameTaken, BadKeywords.
    """
    with org_tx():
        access_any_service(org, service_id)
        service = Service.objects.select_for_update(no_key=True).get(pk=service_id)
        wanted = {**changes, **_cleaned(changes)}
        fresh = [name for name in CHANGEABLE if name in wanted and getattr(service, name) != wanted[name]]
        for name in fresh:
            setattr(service, name, wanted[name])
        if fresh:
            _store(service, fresh)
            audit.record(actor, "service.changed", service, changed=fresh)
            refresh_agents(org=org)
    return fresh


def read_sentence(org: Organization, sentence: str) -> Reading:
    """What a caller's sentence would be taken for. One query."""
    services = list(Service.objects.for_org(org.pk).filter(is_active=True).order_by("name"))
    named = services_named([Spoken(True, sentence)], services=services)
    return Reading(named=named, value_minor=value_of(named))


def clean_keywords(keywords: Iterable[object]) -> list[str]:
    """Keywords as they are stored: tidy, each once, in the order given.

    Raises:
        BadKeywords: one has no letter or digit, or is too long, or there are too many.
    """
    kept: dict[tuple[str, ...], str] = {}
    for keyword in keywords:
        text = clean_name(str(keyword))
        words = tuple(words_of(text))
        if not words or len(text) > LONGEST_KEYWORD:
            raise BadKeywords
        kept.setdefault(words, text)
    if len(kept) > MOST_KEYWORDS:
        raise BadKeywords
    return list(kept.values())


def _cleaned(facts: Mapping[str, Any]) -> dict[str, Any]:
    cleaned: dict[str, Any] = {}
    if "name" in facts:
        cleaned["name"] = clean_name(facts["name"])[:LONGEST_NAME].rstrip()
        if not cleaned["name"]:
            raise BadInput(fields={"name": [NAMELESS]})
    if "keywords" in facts:
        cleaned["keywords"] = clean_keywords(facts["keywords"])
    return cleaned


def _store(service: Service, changed: Iterable[str] | None = None) -> None:
    """Save, a taken name told apart.

    Raises:
        ServiceNameTaken: the list has that name, whatever its case.
    """
    try:
        with org_tx():
            if changed is None:
                service.save(force_insert=True)
            else:
                service.save(update_fields=[*changed, "updated_at"])
    except IntegrityError as refused:
        if "services_org_name_key" in str(refused):
            raise ServiceNameTaken from refused
        raise
