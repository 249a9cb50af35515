"""What pages ask about the waiting list, each with a constant number of queries. All inside org_tx."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet, Sum

from orgs.models import Organization
from scheduling.models import (
    ON_THE_LIST,
    AppointmentStatus,
    OfferState,
    WaitlistEntry,
    WaitlistOffer,
    WaitlistOpening,
)
from scheduling.waitlist.reach import why_unreachable
from voxanne.clock import now
from voxanne.cursors import Cursor
from voxanne.errors import NotFound

PAGE_SIZE = 25
MAX_SHOWN = 200


@dataclass(frozen=True)
class WaitlistFilters:
    """What the list is narrowed to; it stands in the address."""

    shows_past: bool = False
    q: str = ""
    service_id: UUID | None = None

    def as_query(self) -> dict[str, str]:
        """For the address, without what is not set."""
        values = {"view": "past" if self.shows_past else "", "q": self.q, "service": str(self.service_id or "")}
        return {name: value for name, value in values.items() if value}


@dataclass(frozen=True)
class WaitlistRow:
    """Somebody who waits, or waited, as the list shows them. `offer` is the newest to them, if any."""

    entry: WaitlistEntry
    offer: WaitlistOffer | None
    unreachable: str


@dataclass(frozen=True)
class WaitlistPage:
    """One page of the list, and where the next begins."""

    rows: list[WaitlistRow]
    next_cursor: Cursor | None
    count: int


@dataclass(frozen=True)
class Recovered:
    """What came back through the waiting list in the clinic's month, in its currency's minor units."""

    count: int
    value_minor: int
    currency: str


def waitlist_page(
    *, org: Organization, filters: WaitlistFilters, after: Cursor | None = None, down_to: Cursor | None = None
) -> WaitlistPage:
    """A page of those who wait, longest first, or of those who did, latest first. Three queries.

    With `down_to` it reaches to that row, for refreshing what is already shown.
    """
    matching = WaitlistEntry.objects.for_org(org.pk).filter(_matching(filters))
    query, size = matching, PAGE_SIZE
    if after is not None:
        query = query.filter(_behind(after, filters))
    if down_to is not None:
        query, size = query.exclude(_behind(down_to, filters)), MAX_SHOWN
    order = ("-created_at", "-id") if filters.shows_past else ("created_at", "id")
    offers = WaitlistOffer.objects.for_org(org.pk).order_by("-created_at", "-id")
    query = query.select_related("contact", "service", "practitioner").prefetch_related(
        Prefetch("offers", queryset=offers)
    )
    found = list(query.order_by(*order)[: size + 1])
    shown = found[:size]
    last = shown[-1] if shown and (len(found) > size or down_to is not None) else None
    return WaitlistPage(
        rows=[_row(entry) for entry in shown],
        next_cursor=Cursor(moment=last.created_at, id=last.pk) if last else None,
        count=matching.count(),
    )


def get_entry(entry_id: UUID) -> WaitlistEntry:
    """Somebody who waits. One query.

    Raises:
        NotFound: nobody on the list under that id.
    """
    query = WaitlistEntry.objects.select_related("contact", "service", "practitioner")
    entry: WaitlistEntry | None = query.filter(pk=entry_id, state__in=ON_THE_LIST).first()
    if entry is None:
        raise NotFound("We could not find that person on the waiting list.")
    return entry


def openings_of(*, org: Organization, appointment_id: UUID) -> list[WaitlistOpening]:
    """The times that an appointment gave back, newest first, each with whom it was offered to. Two queries."""
    offers = WaitlistOffer.objects.for_org(org.pk).select_related("entry__contact").order_by("created_at", "id")
    query: QuerySet[WaitlistOpening] = WaitlistOpening.objects.for_org(org.pk).filter(appointment_id=appointment_id)
    return list(query.prefetch_related(Prefetch("offers", queryset=offers)).order_by("-created_at", "-id"))


def recovered_this_month(*, org: Organization) -> Recovered:
    """Visits that were booked from the waiting list since the first of the month and still stand. One query."""
    local = now().astimezone(org.zone)
    first = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0, fold=0)
    taken = WaitlistOffer.objects.for_org(org.pk).filter(state=OfferState.TAKEN, answered_at__gte=first)
    standing = taken.exclude(appointment__status=AppointmentStatus.CANCELLED)
    found = standing.aggregate(visits=Count("pk"), value=Sum("value_minor", filter=Q(currency=org.currency)))
    return Recovered(count=found["visits"], value_minor=found["value"] or 0, currency=org.currency)


def _matching(filters: WaitlistFilters) -> Q:
    condition = ~Q(state__in=ON_THE_LIST) if filters.shows_past else Q(state__in=ON_THE_LIST)
    if filters.service_id is not None:
        condition &= Q(service_id=filters.service_id)
    if filters.q:
        condition &= _named(filters.q)
    return condition


def _named(words: str) -> Q:
    """A name, or any run of a number's digits."""
    found = Q(patient_name__icontains=words) | Q(contact__name__icontains=words)
    digits = "".join(char for char in words if char.isdigit())
    if len(digits) >= 3:
        found |= Q(contact__phone__contains=digits.removeprefix("0") if words.startswith("0") else digits)
    return found


def _behind(cursor: Cursor, filters: WaitlistFilters) -> Q:
    if filters.shows_past:
        return Q(created_at__lt=cursor.moment) | Q(created_at=cursor.moment, id__lt=cursor.id)
    return Q(created_at__gt=cursor.moment) | Q(created_at=cursor.moment, id__gt=cursor.id)


def _row(entry: WaitlistEntry) -> WaitlistRow:
    offers = list(entry.offers.all())  # newest first, as they were fetched
    return WaitlistRow(entry, offers[0] if offers else None, why_unreachable(entry.contact))
