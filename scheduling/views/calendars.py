"""The settings page of the clinic's calendars: how each is followed, and whose diary it is."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from orgs import audit
from orgs.middleware import OrgRequest
from orgs.permissions import require_permission
from orgs.tasks import enqueue_on_commit
from scheduling.calendars.forms import DiaryForm
from scheduling.calendars.mirror import assign_practitioner
from scheduling.calendars.selectors import get_connection, list_calendar_cards, list_unconnected
from scheduling.calendars.tasks import sync_calendar
from scheduling.calendars.wanting import want_all
from voxanne.clock import now
from voxanne.live import publish_on_commit


@require_safe
@require_permission("settings:read")
def calendar_settings(request: OrgRequest) -> HttpResponse:
    """Shown to all, kept for admins."""
    return _page(request)


@require_POST
@require_permission("settings:write")
def sync_now(request: OrgRequest, connection_id: UUID) -> HttpResponse:
    """Read a calendar at once."""
    connection = get_connection(connection_id)
    connection.due_at = connection.poked_at = now()
    connection.save(update_fields=["due_at", "poked_at", "updated_at"])
    enqueue_on_commit(sync_calendar, str(request.org.pk), str(connection.pk))
    messages.success(request, "Reading the calendar now. This page shows what comes of it in a moment.")
    return redirect("scheduling:calendar_settings")


@require_POST
@require_permission("settings:write")
def assign(request: OrgRequest, connection_id: UUID) -> HttpResponse:
    """Say whose diary a calendar is."""
    connection = get_connection(connection_id)
    form = DiaryForm(request.POST, connection=connection)
    if not form.is_valid():
        return _page(request, refused=form, of=connection_id)
    chosen = form.cleaned_data["practitioner"]
    if connection.practitioner_id != (chosen.pk if chosen else None):
        assign_practitioner(connection, chosen.pk if chosen else None)
        want_all(request.org, connection)
        whose = chosen.name if chosen else "the whole clinic"
        audit.record(request.actor, "calendar.assigned", connection, whose=str(chosen.pk) if chosen else "clinic")
        publish_on_commit(request.org.pk, "appointment")
        messages.success(request, f"It now shows, and its events block, the diary of {whose}.")
    return redirect("scheduling:calendar_settings")


def _page(request: OrgRequest, *, refused: DiaryForm | None = None, of: UUID | None = None) -> HttpResponse:
    cards = list_calendar_cards(request.org)
    shown: list[dict[str, Any]] = [
        {
            "card": card,
            "form": refused if card.connection.pk == of else DiaryForm(connection=card.connection),
        }
        for card in cards
    ]
    context = {"calendars": shown, "unconnected": list_unconnected(cards)}
    return render(request, "scheduling/calendars.html", context, status=422 if refused else 200)
