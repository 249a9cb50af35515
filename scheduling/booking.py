"""Booking: the diary says what may be booked, the database's exclusion constraint who gets it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import reduce
from operator import or_

import structlog
from django.db import OperationalError, transaction
from django.db.models import Q
from psycopg.errors import LockNotAvailable

from contacts.errors import UnusablePhone
from contacts.phones import find_e164
from contacts.services import clean_name, mark_booked, remember_caller
from orgs import audit
from orgs.actors import Actor
from orgs.models import Organization
from orgs.scope import org_tx
from scheduling.availability import SEARCH_DAYS, find_nearest_in, nearest_slots
from scheduling.contention import retry_deadlocks
from scheduling.diary import Chair, Diary
from scheduling.diary_reader import Reading, read_diary
from scheduling.errors import CalendarBusy, ClinicClosed, SlotNotOffered, SlotRefused, SlotTaken
from scheduling.events import Change, announce
from scheduling.holds import release_holds
from scheduling.models import Appointment, AppointmentStatus
from scheduling.querysets import claim_slot, clear_expired_holds
from scheduling.reaching import check_reachable
from scheduling.references import new_reference
from scheduling.speech import say_day
from scheduling.types import BookingRequest, Slot, VisitRules
from scheduling.wall_clock import find_moment
from voxanne.ids import uuid7
from voxanne.live import publish_on_commit
from voxanne.metrics import counter

log = structlog.get_logger(__name__)

BOOKINGS = counter("bookings", "Wishes to book, by what came of them.", labels=("result", "source"))

REFERENCE_TRIES = 5
LONGEST_NOTES = 4000


def book_appointment(*, org: Organization, request: BookingRequest, actor: Actor) -> Appointment:
    """Book one visit, or raise why not with the nearest alternatives.

    Idempotent: the same key, or the same visit for the same patient asked for again in the same call, gives the
    appointment that is there. Of several practitioners the first who is free is taken. The contact is found or made by
    phone and becomes `booked`.

    Raises:
        SlotTaken, CalendarBusy, SlotNotOffered, ClinicClosed, InThePast, TooSoon, TooFarAhead: with `.alternatives`.
        UnusablePhone: the number could not be dialled.
    """
    try:
        return retry_deadlocks(lambda: _book_at_once(org, request, actor))
    except SlotRefused as refused:
        refusal = refused
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        refusal = SlotTaken()  # somebody is taking it, and is slow about it
    BOOKINGS.labels(refusal.code, request.source.value).inc()
    log.info("appointment.refused", code=refusal.code)
    raise refusal.offering(refusal.alternatives or _alternatives(org, request), org.zone)


def _book_at_once(org: Organization, request: BookingRequest, actor: Actor) -> Appointment:
    with org_tx():
        return _book(org, request, actor)


def _book(org: Organization, request: BookingRequest, actor: Actor) -> Appointment:
    if (earlier := _find_earlier(org, request)) is not None:
        return earlier
    start = check_reachable(org, request.starts_at, request.service, by_staff=request.by_staff)
    day = start.astimezone(org.zone).date()
    around = timedelta(days=SEARCH_DAYS[0])
    diary = read_diary(
        org=org,
        service=request.service,
        first_day=day - around,
        last_day=day + around,
        practitioner=request.practitioner,
        reading=Reading(for_call=request.call_id, beyond_horizon=request.by_staff),
    )
    chairs = _chairs(diary, start, request)
    if not chairs:
        raise _why_not(diary, start, request)
    wanted = _unsaved(org=org, request=request, start=start, rules=diary.rules)
    appointment = _claim(org=org, request=request, wanted=wanted, rules=diary.rules, chairs=chairs)
    if appointment.pk != wanted.pk:
        return appointment
    appointment.service = wanted.service  # as it was read already
    if appointment.contact_id is not None:
        mark_booked(org=org, contact_id=appointment.contact_id)
    audit.record(
        actor, "appointment.booked", appointment, source=appointment.source, call_id=str(request.call_id or "")
    )
    announce(org, appointment, Change.BOOKED)
    publish_on_commit(org.pk, "appointment", id=appointment.pk)
    transaction.on_commit(BOOKINGS.labels("booked", request.source.value).inc)
    return appointment


def _chairs(diary: Diary, start: datetime, request: BookingRequest) -> list[Chair]:
    if request.by_staff:
        return diary.chairs_open_at(start, outside_hours=request.outside_hours, over_calendar=request.over_calendar)
    return diary.chairs_free_at(start)


def _claim(
    *, org: Organization, request: BookingRequest, wanted: Appointment, rules: VisitRules, chairs: Sequence[Chair]
) -> Appointment:
    """Take the first chair that nobody else takes at this moment, or return what the same request has just booked.

    Raises:
        SlotTaken: all of them went to somebody else.
        UnusablePhone: the caller is to say the number again.
    """
    if request.phone and not find_e164(request.phone, country=org.country):
        raise UnusablePhone
    clear_expired_holds()
    if request.call_id is not None:
        release_holds(org=org, call_id=request.call_id)
    wanted.contact = remember_caller(
        org=org, phone=request.phone, name=request.patient_name, email=request.email, source=request.source.value
    )
    for chair in chairs:
        wanted.practitioner_id = chair.practitioner_id
        for _ in range(REFERENCE_TRIES):
            claimed = claim_slot(
                wanted,
                blocked_from=wanted.starts_at - timedelta(seconds=rules.before_s),
                blocked_until=wanted.ends_at + timedelta(seconds=rules.after_s),
            ) or _find_earlier(org, request)
            if claimed is not None:
                return claimed
            if not Appointment.objects.for_org(org.pk).filter(reference=wanted.reference).exists():
                break
            wanted.reference = new_reference()
    raise SlotTaken


def _alternatives(org: Organization, request: BookingRequest) -> list[Slot]:
    """The nearest slots as they stand now, after what was refused has been undone."""
    around = find_moment(request.starts_at, org.zone) or request.starts_at.replace(tzinfo=UTC)
    with org_tx():
        return nearest_slots(org=org, around=around, service=request.service, practitioner=request.practitioner)


def _unsaved(*, org: Organization, request: BookingRequest, start: datetime, rules: VisitRules) -> Appointment:
    return Appointment(
        id=uuid7(),
        org_id=org.pk,
        service=request.service,
        patient_name=clean_name(request.patient_name),
        starts_at=start,
        ends_at=start + timedelta(seconds=rules.duration_s),
        time_zone=org.timezone,
        status=(AppointmentStatus.PENDING if request.needs_approval else AppointmentStatus.CONFIRMED).value,
        source=request.source.value,
        call_id=request.call_id,
        reference=new_reference(),
        idempotency_key=request.idempotency_key,
        notes=request.notes.replace("\x00", "")[:LONGEST_NOTES],
    )


def _find_earlier(org: Organization, request: BookingRequest) -> Appointment | None:
    """What an earlier try of the same request has booked."""
    same = []
    if request.idempotency_key:
        same.append(Q(idempotency_key=request.idempotency_key))
    if request.call_id is not None and (start := find_moment(request.starts_at, org.zone)) is not None:
        same.append(
            Q(
                call_id=request.call_id,
                starts_at=start,
                service=request.service,
                patient_name__iexact=clean_name(request.patient_name),
                status__in=[AppointmentStatus.PENDING, AppointmentStatus.CONFIRMED],
            )
        )
    if not same:
        return None
    earlier: Appointment | None = Appointment.objects.for_org(org.pk).filter(reduce(or_, same)).first()
    return earlier


def _why_not(diary: Diary, start: datetime, request: BookingRequest) -> SlotRefused:
    day, nearest = diary.day_of(start), find_nearest_in(diary, around=start) or ()
    if request.by_staff and diary.chairs_open_at(start, outside_hours=request.outside_hours, over_calendar=True):
        return CalendarBusy(alternatives=nearest)
    if not diary.chairs:
        return SlotNotOffered("Nobody here can do that at the moment.")
    if diary.is_closed(day):
        said = say_day(day, this_year=diary.today.year)
        return ClinicClosed(f"The clinic is closed on {said}.", alternatives=nearest)
    if diary.has_visit_at(start):
        return SlotTaken(alternatives=nearest)
    return SlotNotOffered(alternatives=nearest)
