"""A contact's visits, in the thread of what was between them and the clinic."""

from uuid import UUID

from django.db.models import QuerySet

from contacts.changing import on_removal
from contacts.merging import register_mover
from contacts.thread import ThreadSource, register_thread
from scheduling.contact_changes import let_go, move_entries, move_offers
from scheduling.models import Appointment, AppointmentStatus


def visits_of(contact_id: UUID) -> QuerySet[Appointment]:
    """What was booked for or by them, and is no mere hold."""
    visits: QuerySet[Appointment] = Appointment.objects.filter(contact_id=contact_id)
    return visits.exclude(status=AppointmentStatus.HELD).select_related("service", "practitioner")


def register_with_contacts() -> None:
    """Show visits in threads, and follow contacts that are merged or deleted."""
    register_thread(ThreadSource("appointment", visits_of, "scheduling/_in_thread.html"))
    register_mover("scheduling.WaitlistOffer", move_offers)
    register_mover("scheduling.WaitlistEntry", move_entries)
    on_removal(let_go)
