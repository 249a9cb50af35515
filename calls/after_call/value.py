"""What a call may bring: the services that were named in it, at the clinic's prices."""

from collections.abc import Sequence

from calls.models import Call
from contacts.models import Service
from contacts.spoken_wishes import NamedService, Spoken, services_named, value_of
from orgs.models import IntegrationSettings, Organization
from scheduling.selectors import services_booked_in


def price_list(org: Organization) -> list[Service]:
    """What the clinic offers today, by name. One query."""
    return list(Service.objects.for_org(org.pk).filter(is_active=True).order_by("name"))


def value_call(*, org: Organization, call: Call, said: Sequence[Spoken], services: Sequence[Service]) -> None:
    """Note what was named and what it is worth by the price list. Two queries at most; nothing is stored yet.

    What was booked was wanted. A conversation in which nothing was named counts for the clinic's fallback value.
    """
    named = services_named(said, services=services)
    if call.booking_confirmed:
        named = _with_booked(call, named)
    value: int | None = value_of(named) if named else None
    if value is None and any(line.by_caller for line in said):
        value = _fallback_of(org)
    call.financial_value = value
    call.matched_services = [
        {"id": str(one.service.pk), "name": one.service.name, "value": one.service.price_minor, "wanted": one.is_wanted}
        for one in named
    ]


def _with_booked(call: Call, named: list[NamedService]) -> list[NamedService]:
    booked = services_booked_in(call.pk)
    rest = [one for one in named if one.service not in booked]
    return [*(NamedService(service, is_wanted=True) for service in booked), *rest]


def _fallback_of(org: Organization) -> int | None:
    chosen = IntegrationSettings.objects.for_org(org.pk).values_list("fallback_value_minor", flat=True).first()
    return chosen or None
