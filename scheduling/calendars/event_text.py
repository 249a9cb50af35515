"""An appointment as the clinic's own calendar shows it: what the day needs, and no more about the patient.

See docs/decisions/0017-appointments-in-the-clinics-calendar.md.
"""

from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.urls import reverse

from orgs.models import Organization
from providers.calendar_events import EventDraft
from scheduling.models import Appointment, AppointmentStatus, CalendarEvent


def draft_event(org: Organization, appointment: Appointment, row: CalendarEvent) -> EventDraft:
    """What a calendar should show for an appointment."""
    is_tentative = appointment.status == AppointmentStatus.PENDING
    link = settings.BACKEND_URL + reverse("scheduling:one", args=[appointment.pk])
    return EventDraft(
        org_id=org.pk,
        appointment_id=appointment.pk,
        key=uuid5(NAMESPACE_URL, f"{row.pk}/{row.generation}"),
        summary=f"{appointment.what}: {appointment.who}{' (to be confirmed)' if is_tentative else ''}",
        description=f"Reference {appointment.reference}\n{link}",
        starts_at=appointment.starts_at.replace(microsecond=0),  # calendars keep no more
        ends_at=appointment.ends_at.replace(microsecond=0),
        time_zone=org.timezone,
        is_tentative=is_tentative,
    )
