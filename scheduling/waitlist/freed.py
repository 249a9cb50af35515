"""What a change in the diary means for those who wait: time to offer, or a wish that is fulfilled."""

from datetime import timedelta

from django.db.models import Q

from orgs.models import Organization
from orgs.tasks import enqueue_on_commit
from scheduling.events import Change, FreedTime
from scheduling.models import ON_THE_LIST, Appointment, WaitlistEntry, WaitlistOpening, WaitlistState, WantedPart
from scheduling.types import PartOfDay
from scheduling.waitlist import tasks
from voxanne.clock import now


def open_freed_time(org: Organization, freed: FreedTime) -> None:
    """Have a freed time offered, if anybody waits for that day. In the transaction of the change.

    A time that is being offered already stays as it is: that row is not waited for here, because whoever holds it may
    be waiting for this appointment.
    """
    if freed.ends_at <= now():
        return
    first = freed.starts_at.astimezone(org.zone).date()
    last = (freed.ends_at - timedelta(seconds=1)).astimezone(org.zone).date()
    waiting = WaitlistEntry.objects.for_org(org.pk).filter(state=WaitlistState.WAITING)
    if not waiting.filter(first_day__lte=last, last_day__gte=first).exists():
        return
    opening = WaitlistOpening(
        org_id=org.pk,
        appointment=freed.appointment,
        practitioner_id=freed.practitioner_id,
        service_id=freed.appointment.service_id,
        starts_at=freed.starts_at,
        ends_at=freed.ends_at,
        due_at=now(),
    )
    WaitlistOpening.objects.bulk_create([opening], ignore_conflicts=True)
    enqueue_on_commit(tasks.offer_next, str(org.pk), str(opening.pk))


def take_off_whoever_booked(org: Organization, appointment: Appointment, change: Change) -> None:
    """Whoever has booked what they were waiting for waits no more. In the transaction of the booking.

    Rows that somebody else is working with are left alone: this never waits.
    """
    if change not in (Change.BOOKED, Change.MOVED) or appointment.contact_id is None:
        return
    local = appointment.starts_at.astimezone(org.zone)
    fulfilled = (
        WaitlistEntry.objects.for_org(org.pk)
        .filter(contact_id=appointment.contact_id, state__in=ON_THE_LIST)
        .filter(Q(patient_name="") | Q(patient_name__iexact=appointment.patient_name))  # families share a number
        .filter(first_day__lte=local.date(), last_day__gte=local.date())
        .filter(Q(service_id=None) | Q(service_id=appointment.service_id))
        .filter(Q(practitioner_id=None) | Q(practitioner_id=appointment.practitioner_id))
        .filter(part_of_day__in=[WantedPart.ANY, PartOfDay.at(local).value])
        .select_for_update(skip_locked=True)
    )
    ids = list(fulfilled.values_list("pk", flat=True))
    if ids:
        WaitlistEntry.objects.filter(pk__in=ids).update(state=WaitlistState.BOOKED, updated_at=now())
