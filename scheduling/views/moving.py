"""Moving a visit: on a page of its own, or in the diary's dialog after it was dragged there."""

import json
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from orgs.middleware import OrgRequest
from orgs.permissions import require_permission
from orgs.scope import org_tx
from scheduling.desk import change_at_desk, get_appointment
from scheduling.desk_forms import MoveForm, initial_when, with_choice
from scheduling.errors import SlotRefused
from scheduling.models import Appointment, Practitioner
from scheduling.speech import say_moment, say_time
from scheduling.types import Slot
from voxanne.errors import DomainError, NotFound


@require_http_methods(["GET", "HEAD", "POST"])
@require_permission("appointments:write")
def move(request: OrgRequest, appointment_id: UUID) -> HttpResponse:
    """Another time or practitioner; a refusal says why and what is free near it."""
    row = get_appointment(appointment_id)
    if request.method != "POST":
        return _show(request, row, MoveForm(initial=_target(request, row)), is_asked="at" in request.GET)
    form, before = MoveForm(with_choice(request.POST)), _values(row, request)
    alternatives: list[Slot] = []
    if form.is_valid():
        try:
            with org_tx():
                moved = change_at_desk(
                    org=request.org, appointment_id=appointment_id, change=form.change(), actor=request.actor
                )
        except NotFound:
            raise
        except DomainError as refused:
            form.refuse(refused)
            alternatives = refused.alternatives if isinstance(refused, SlotRefused) else []
        else:
            return _moved(request, moved, before)
    if request.POST.get("undo") and _is_fragment(request):
        return _not_undone(request, row, form)
    return _show(request, row, form, alternatives=alternatives, status=422)


def _moved(request: OrgRequest, row: Appointment, before: dict[str, str]) -> HttpResponse:
    """Say where it is now. In the diary a toast also offers to undo it."""
    if not _is_fragment(request):
        messages.success(request, f"Moved to {say_moment(row.starts_at, request.org.zone)}.")
        return redirect("scheduling:one", row.pk)
    after = _values(row, request)
    when = say_moment(row.starts_at, request.org.zone)
    if after["day"] == before["day"]:
        when = say_time(row.starts_at.astimezone(request.org.zone))
    who = f" with {row.practitioner.name}" if after["practitioner"] != before["practitioner"] else ""
    toast: dict[str, Any] = {"level": "success", "message": f"{row.who} moved to {when}{who}."}
    if request.POST.get("undo"):
        toast["message"] = f"{row.who} is back at {when}{who}."
    elif after != before:
        toast["undo"] = {"url": reverse("scheduling:move", args=[row.pk]), "values": {**before, "undo": "1"}}
    trigger = {"dialog:close": True, "toast": toast, "moved": True}
    return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(trigger)})


def _not_undone(request: OrgRequest, row: Appointment, form: MoveForm) -> HttpResponse:
    why = " ".join(str(problem) for problems in form.errors.values() for problem in problems)
    words = f"{row.who} stays on {say_moment(row.starts_at, request.org.zone)}. {why}"
    trigger = {"toast": {"level": "error", "message": words}, "moved": True}
    return HttpResponse(status=409, headers={"HX-Trigger": json.dumps(trigger)})


def _values(row: Appointment, request: OrgRequest) -> dict[str, str]:
    """Where a visit is, as the form sends it; it may be where the clinic is closed or a calendar busy."""
    local = row.starts_at.astimezone(request.org.zone)
    return {
        "day": local.date().isoformat(),
        "at": f"{local:%H:%M}",
        "practitioner": str(row.practitioner_id),
        "outside_hours": "on",
        "over_calendar": "on",
    }


def _target(request: OrgRequest, row: Appointment) -> dict[str, Any]:
    """Where the address says it is to go; what it does not say stays."""
    initial: dict[str, Any] = {**initial_when(row.starts_at, request.org), "practitioner": row.practitioner_id}
    asked = request.GET
    try:
        initial["day"] = date.fromisoformat(asked.get("day", ""))
        initial["at"] = time.fromisoformat(asked.get("at", ""))
    except ValueError:
        return initial
    if asked.get("with", "").isdecimal():
        initial["practitioner"] = int(asked["with"])
    return initial


def _show(
    request: OrgRequest,
    row: Appointment,
    form: MoveForm,
    *,
    alternatives: list[Slot] | None = None,
    is_asked: bool = False,
    status: int = 200,
) -> HttpResponse:
    target = None
    if is_asked:
        wanted = Practitioner.objects.filter(pk=form.initial["practitioner"]).first()
        when = datetime.combine(form.initial["day"], form.initial["at"])
        target = {"when": when, "who": wanted.name if wanted else ""}
    context = {"appointment": row, "form": form, "alternatives": alternatives or [], "target": target}
    with timezone.override(request.org.zone):
        name = "scheduling/_move.html" if _is_fragment(request) else "scheduling/move.html"
        return render(request, name, context, status=status)


def _is_fragment(request: OrgRequest) -> bool:
    return "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers
