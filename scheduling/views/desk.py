"""What a receptionist does with appointments: book, move, confirm, cancel, and note who came."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orgs.middleware import OrgRequest
from orgs.permissions import require_permission
from orgs.scope import org_tx
from scheduling.calendars.attention import list_calendars
from scheduling.desk import book_at_desk, change_at_desk, get_appointment
from scheduling.desk_forms import MoveForm, NewAppointmentForm, initial_when, with_choice
from scheduling.errors import SlotRefused
from scheduling.models import Appointment, AppointmentStatus
from scheduling.reminders.selectors import reminders_of
from scheduling.selectors import STANDING
from scheduling.speech import say_moment
from scheduling.types import Slot
from scheduling.waitlist.selectors import openings_of
from voxanne.clock import now
from voxanne.errors import BadInput, DomainError, NotFound


@require_http_methods(["GET", "HEAD", "POST"])
@require_permission("appointments:write")
def new(request: OrgRequest) -> HttpResponse:
    """Book for somebody. The form carries a key, so that sending it twice books once."""
    if request.method != "POST":
        form = NewAppointmentForm(initial=_initial(request))
        return _render_new(request, form, key=get_random_string(32))
    form, key = NewAppointmentForm(with_choice(request.POST)), request.POST.get("key", "")[:64]
    alternatives: list[Slot] = []
    if form.is_valid():
        try:
            with org_tx():
                wish = form.wish(key=f"desk:{key}" if key else "")
                booked = book_at_desk(org=request.org, wish=wish, actor=request.actor)
            when = say_moment(booked.starts_at, request.org.zone)
            messages.success(request, f"Booked for {when}. The reference is {booked.reference}.")
            return redirect(_day_of(booked, request))
        except DomainError as refused:
            form.refuse(refused)
            alternatives = refused.alternatives if isinstance(refused, SlotRefused) else []
    return _render_new(request, form, key=key or get_random_string(32), alternatives=alternatives, status=422)


@require_safe
@require_permission("appointments:read")
def appointment(request: OrgRequest, appointment_id: UUID) -> HttpResponse:
    """One appointment, and what can be done with it."""
    return _render_one(request, get_appointment(appointment_id))


@require_POST
@require_permission("appointments:write")
def confirm(request: OrgRequest, appointment_id: UUID) -> HttpResponse:
    """Say yes to a request."""
    return _change(request, appointment_id, {"status": AppointmentStatus.CONFIRMED.value}, "Confirmed.")


@require_POST
@require_permission("appointments:write")
def came(request: OrgRequest, appointment_id: UUID) -> HttpResponse:
    """Note that the visit took place."""
    change = {"status": AppointmentStatus.COMPLETED.value}
    return _change(request, appointment_id, change, "Noted: the visit took place.")


@require_POST
@require_permission("appointments:write")
def no_show(request: OrgRequest, appointment_id: UUID) -> HttpResponse:
    """Note that nobody came."""
    return _change(request, appointment_id, {"status": AppointmentStatus.NO_SHOW.value}, "Noted: nobody came.")


@require_http_methods(["GET", "HEAD", "POST"])
@require_permission("appointments:write")
def cancel(request: OrgRequest, appointment_id: UUID) -> HttpResponse:
    """Ask, then give the time back."""
    if request.method != "POST":
        return render(request, "scheduling/cancel.html", {"appointment": get_appointment(appointment_id)})
    reason = request.POST.get("reason", "")[:200]
    change = {"status": AppointmentStatus.CANCELLED.value, "cancel_reason": reason}
    return _change(request, appointment_id, change, "Cancelled. The time is free again.")


@require_POST
@require_permission("appointments:write")
def note(request: OrgRequest, appointment_id: UUID) -> HttpResponse:
    """Write something down about a visit."""
    return _change(request, appointment_id, {"notes": request.POST.get("notes", "")[:4000]}, "Saved.")


def _change(request: OrgRequest, appointment_id: UUID, change: dict[str, Any], words: str) -> HttpResponse:
    try:
        with org_tx():
            change_at_desk(org=request.org, appointment_id=appointment_id, change=change, actor=request.actor)
    except NotFound:
        raise
    except DomainError as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, words)
    return redirect("scheduling:one", appointment_id)


def _initial(request: OrgRequest) -> dict[str, Any]:
    """The time and person that the diary's gap named, if it did."""
    initial: dict[str, Any] = {"practitioner": request.GET.get("with", "")}
    try:
        start = datetime.fromisoformat(request.GET.get("start", ""))
    except ValueError:
        return {**initial, "day": now().astimezone(request.org.zone).date()}
    if start.tzinfo is None:
        raise BadInput("This link is not complete. Choose the time in the diary again.")
    return {**initial, **initial_when(start, request.org)}


def _day_of(row: Appointment, request: OrgRequest) -> str:
    return f"{reverse('scheduling:day')}?day={row.starts_at.astimezone(request.org.zone).date().isoformat()}"


def _render_new(
    request: OrgRequest,
    form: NewAppointmentForm,
    *,
    key: str,
    alternatives: list[Slot] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {"form": form, "key": key, "alternatives": alternatives or []}
    with timezone.override(request.org.zone):
        return render(request, "scheduling/new.html", context, status=status)


def _render_one(request: OrgRequest, row: Appointment) -> HttpResponse:
    initial = {**initial_when(row.starts_at, request.org), "practitioner": row.practitioner_id}
    context = {
        "appointment": row,
        "form": MoveForm(initial=initial),
        "is_standing": row.status in STANDING,
        "is_past": row.starts_at <= now(),
        "calendars": list_calendars(row),
        "reminders": reminders_of(row.pk),
        "may_remind": row.status in STANDING and row.starts_at > now(),
        "remind_key": get_random_string(32),
        "day_url": _day_of(row, request),
        "openings": openings_of(org=request.org, appointment_id=row.pk),
    }
    with timezone.override(request.org.zone):
        return render(request, "scheduling/appointment.html", context)
