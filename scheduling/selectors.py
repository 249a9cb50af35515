"""What pages and other rooms ask about appointments, each with a constant number of queries. All inside org_tx."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from uuid import UUID

from django.db.models import Count, Min, Q, QuerySet

from contacts.models import Contact, Service
from orgs.models import Organization
from scheduling.models import Appointment, AppointmentStatus
from voxanne.clock import now
from voxanne.cursors import Cursor

PAGE_SIZE = 25
# A refreshed page shows again what "Load more" has added, up to this many.
MAX_SHOWN = 200
STANDING = (AppointmentStatus.PENDING, AppointmentStatus.CONFIRMED)
_LONGEST_VISIT = timedelta(days=1)


@dataclass(frozen=True)
class AppointmentFilters:
    """What the list is narrowed to; it stands in the address."""

    shows_past: bool = False
    q: str = ""
    practitioner_id: int | None = None

    def as_query(self) -> dict[str, str]:
        """For the address, without what is not set."""
        values = {
            "view": "past" if self.shows_past else "",
            "q": self.q,
            "practitioner": str(self.practitioner_id or ""),
        }
        return {name: value for name, value in values.items() if value}


@dataclass(frozen=True)
class AppointmentRow:
    """An appointment as lists show it."""

    id: UUID
    starts_at: datetime
    ends_at: datetime
    patient_name: str
    phone: str
    service_name: str
    practitioner_name: str
    status: str
    source: str
    reference: str
    call_id: UUID | None
    calendar_sync_state: str
    attendance_confirmed_at: datetime | None = None
    change_requested_at: datetime | None = None


@dataclass(frozen=True)
class AppointmentDay:
    """One local day's appointments."""

    day: date
    appointments: list[AppointmentRow]


@dataclass(frozen=True)
class AppointmentsPage:
    """One page of the list, and where the next begins."""

    groups: list[AppointmentDay]
    next_cursor: Cursor | None
    count: int


def appointments_page(
    *, org: Organization, filters: AppointmentFilters, after: Cursor | None = None, down_to: Cursor | None = None
) -> AppointmentsPage:
    """A page of appointments by day: the next first, or the last first in the past. Two queries.

    With `down_to` it reaches to that row, for refreshing what is already shown.
    """
    matching = Appointment.objects.for_org(org.pk).filter(_matching(filters))
    query, size = matching, PAGE_SIZE
    if after is not None:
        query = query.filter(_behind(after, filters))
    if down_to is not None:
        query, size = query.exclude(_behind(down_to, filters)), MAX_SHOWN
    order = ("-starts_at", "-id") if filters.shows_past else ("starts_at", "id")
    found = list(query.select_related("contact", "service", "practitioner").order_by(*order)[: size + 1])
    shown = found[:size]
    has_more = len(found) > size or down_to is not None
    last = shown[-1] if shown and has_more else None
    return AppointmentsPage(
        groups=_by_day(shown, org),
        next_cursor=Cursor(moment=last.starts_at, id=last.pk) if last else None,
        count=matching.count(),
    )


def appointments_of_call(call_id: UUID) -> QuerySet[Appointment]:
    """The standing appointments that were made in a call, in the order in which they were made."""
    appointments: QuerySet[Appointment] = Appointment.objects.filter(call_id=call_id, status__in=STANDING)
    return appointments.order_by("created_at", "id")


def statuses_in_call(call_id: UUID) -> frozenset[str]:
    """The statuses of the appointments that were made or held in a call. One query."""
    return frozenset(Appointment.objects.filter(call_id=call_id).values_list("status", flat=True))


def has_standing_visit(contact_id: UUID) -> bool:
    """Whether a contact has an appointment, coming or past, that was not cancelled. One query, inside org_tx."""
    visits = Appointment.objects.filter(contact_id=contact_id)
    return bool(visits.exclude(status__in=(AppointmentStatus.HELD, AppointmentStatus.CANCELLED)).exists())


def find_next_visitor(*, after: datetime) -> Contact | None:
    """Who has a single coming appointment, the first such to begin after a moment, of those who can telephone."""
    coming = Appointment.objects.filter(status__in=STANDING, starts_at__gt=now()).exclude(contact__phone="")
    visitors = coming.exclude(contact=None).values("contact").annotate(visits=Count("pk"), first=Min("starts_at"))
    single = visitors.filter(visits=1, first__gt=after).order_by("first", "contact")
    contact: Contact | None = Contact.objects.filter(pk__in=single.values("contact")[:1]).first()
    return contact


def services_booked_in(call_id: UUID) -> list[Service]:
    """What appointments were made for in a call, later cancelled ones too, by name. One query."""
    visits = Appointment.objects.filter(call_id=call_id).exclude(status=AppointmentStatus.HELD)
    booked = {visit.service for visit in visits.select_related("service") if visit.service is not None}
    return sorted(booked, key=lambda service: service.name)


def upcoming_count(*, org: Organization, day: date) -> int:
    """How many standing appointments begin on a day by the clinic's clock."""
    since = datetime.combine(day, time.min, tzinfo=org.zone)
    until = datetime.combine(day + timedelta(days=1), time.min, tzinfo=org.zone)
    return int(_standing(org).filter(starts_at__gte=since, starts_at__lt=until).count())


def bookings_between(*, org: Organization, start: datetime, end: datetime) -> int:
    """How many appointments were made in [start, end): later cancelled ones too, held slots not."""
    made = Appointment.objects.for_org(org.pk).filter(created_at__gte=start, created_at__lt=end)
    return int(made.exclude(status=AppointmentStatus.HELD).count())


def recently_made(*, limit: int) -> list[Appointment]:
    """The appointments that were made last, also those that were cancelled since. One query."""
    made = Appointment.objects.exclude(status=AppointmentStatus.HELD).select_related("contact", "service")
    return list(made.order_by("-created_at", "-id")[:limit])


def _standing(org: Organization) -> QuerySet[Appointment]:
    standing: QuerySet[Appointment] = Appointment.objects.for_org(org.pk).filter(status__in=STANDING)
    return standing


def _matching(filters: AppointmentFilters) -> Q:
    """The scalar start bounds the search of an index; the end says whether the visit is over."""
    moment = now()
    condition = ~Q(status=AppointmentStatus.HELD)
    if filters.shows_past:
        condition &= Q(starts_at__lte=moment, ends_at__lte=moment)
    else:
        condition &= Q(starts_at__gt=moment - _LONGEST_VISIT, ends_at__gt=moment)
    if filters.practitioner_id is not None:
        condition &= Q(practitioner_id=filters.practitioner_id)
    if filters.q:
        condition &= _named(filters.q)
    return condition


def _named(words: str) -> Q:
    """A patient's name, a reference however it is spaced, or any run of a number's digits."""
    found = Q(patient_name__icontains=words) | Q(contact__name__icontains=words)
    if code := "".join(char for char in words if char.isalnum()):
        found |= Q(reference__istartswith=code)
    digits = "".join(char for char in words if char.isdigit())
    if len(digits) >= 3:
        # A national 0 in front stands for the country code.
        found |= Q(contact__phone__contains=digits.removeprefix("0") if words.startswith("0") else digits)
    return found


def _behind(cursor: Cursor, filters: AppointmentFilters) -> Q:
    if filters.shows_past:
        return Q(starts_at__lt=cursor.moment) | Q(starts_at=cursor.moment, id__lt=cursor.id)
    return Q(starts_at__gt=cursor.moment) | Q(starts_at=cursor.moment, id__gt=cursor.id)


def _by_day(appointments: Sequence[Appointment], org: Organization) -> list[AppointmentDay]:
    by_day = groupby(appointments, key=lambda appointment: appointment.starts_at.astimezone(org.zone).date())
    return [AppointmentDay(day=day, appointments=[_row(one) for one in of_day]) for day, of_day in by_day]


def _row(appointment: Appointment) -> AppointmentRow:
    contact, service = appointment.contact, appointment.service
    return AppointmentRow(
        id=appointment.pk,
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        patient_name=appointment.patient_name or (contact.name if contact else "") or "Unknown patient",
        phone=contact.phone if contact else "",
        service_name=service.name if service else "Appointment",
        practitioner_name=appointment.practitioner.name,
        status=appointment.status,
        source=appointment.source,
        reference=appointment.reference,
        call_id=appointment.call_id,
        calendar_sync_state=appointment.calendar_sync_state,
        attendance_confirmed_at=appointment.attendance_confirmed_at,
        change_requested_at=appointment.change_requested_at,
    )
