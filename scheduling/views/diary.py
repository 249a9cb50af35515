"""The diary by day and by week."""

from datetime import date, timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from orgs.middleware import OrgRequest
from orgs.permissions import require_permission
from scheduling.agenda import read_agenda
from scheduling.calendars.health import calendar_health
from scheduling.models import Practitioner
from voxanne.clock import now

WEEK = 7
_EARLIEST, _LATEST = date(2000, 1, 3), date(2100, 1, 3)


@require_safe
@require_permission("appointments:read")
def day(request: OrgRequest) -> HttpResponse:
    """One day, a column for each practitioner."""
    return _show(request, days=1, step=1)


@require_safe
@require_permission("appointments:read")
def week(request: OrgRequest) -> HttpResponse:
    """A week from Monday, a column a day, of everybody or of one practitioner."""
    return _show(request, days=WEEK, step=WEEK)


def _show(request: OrgRequest, *, days: int, step: int) -> HttpResponse:
    today = now().astimezone(request.org.zone).date()
    shown = _read_day(request.GET.get("day", ""), today)
    first = shown - timedelta(days=shown.weekday()) if days == WEEK else shown
    people = list(Practitioner.objects.filter(is_active=True).order_by("id"))
    chosen = next((person for person in people if str(person.pk) == request.GET.get("with")), None)
    context = {
        "agenda": read_agenda(org=request.org, first_day=first, days=days, practitioner=chosen),
        "view": "week" if days == WEEK else "day",
        "day": shown,
        "first": first,
        "last": first + timedelta(days=days - 1),
        "before": shown - timedelta(days=step),
        "after": shown + timedelta(days=step),
        "today": today,
        "people": people,
        "chosen": chosen,
        "here": request.get_full_path(),
        "stale_calendars": calendar_health(request.org).stale,
    }
    is_fragment = "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers
    with timezone.override(request.org.zone):
        return render(request, "scheduling/_agenda.html" if is_fragment else "scheduling/agenda.html", context)


def _read_day(text: str, today: date) -> date:
    """The day in the address; what is none is today."""
    try:
        named = date.fromisoformat(text)
    except ValueError:
        return today
    return min(max(named, _EARLIEST), _LATEST)
