"""What the team decides about an appointment that stands otherwise in the clinic's calendar."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from orgs import audit
from orgs.middleware import OrgRequest
from orgs.models import Organization
from orgs.permissions import require_permission
from orgs.scope import org_tx
from scheduling.calendars.wanting import put_back as put_event_back
from scheduling.calendars.wanting import try_again
from scheduling.desk import get_appointment
from scheduling.models import Appointment


@require_POST
@require_permission("appointments:write")
def put_back(request: OrgRequest, appointment_id: UUID) -> HttpResponse:
    """The calendar is to show it where it is here."""
    return _have(request, appointment_id, put_event_back, "put_back", "On its way back to where it was.")


@require_POST
@require_permission("appointments:write")
def calendar_retry(request: OrgRequest, appointment_id: UUID) -> HttpResponse:
    """Try now what failed before."""
    return _have(request, appointment_id, try_again, "retried", "On its way to your calendar.")


def _have(
    request: OrgRequest,
    appointment_id: UUID,
    act: Callable[[Organization, Appointment], None],
    action: str,
    words: str,
) -> HttpResponse:
    with org_tx():
        row = get_appointment(appointment_id)
        act(request.org, row)
        audit.record(request.actor, f"appointment.calendar_{action}", row)
    messages.success(request, words)
    return redirect("scheduling:one", appointment_id)
