"""When the clinic is open, and when it is not: shown to all, kept by admins."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from orgs.middleware import OrgRequest
from orgs.permissions import require_permission
from scheduling.closures import add_closure, coming_closures, past_closures, remove_closure
from scheduling.displaced import find_displaced
from scheduling.errors import ClosureRefused
from scheduling.models import Closure
from scheduling.opening_hours import read_week, save_week
from scheduling.settings_forms import ClosureForm
from scheduling.speech import say_day
from scheduling.week_form import WeekForm, edited, read_rows, rows_of

NOTHING = "Nothing was changed."


@require_http_methods(["GET", "HEAD", "POST"])
@require_permission("settings:read", post="settings:write")
def hours(request: OrgRequest) -> HttpResponse:
    """The week, which its buttons change on the page and "Save" keeps; closures beside it."""
    if request.method != "POST":
        return _show(request, week=WeekForm(rows_of(read_week(request.org))))
    rows = read_rows(request.POST)
    if edit := request.POST.get("edit", ""):
        return _show(request, week=edited(rows, edit))
    form = WeekForm(rows, is_sent=True)
    if not form.is_valid():
        return _show(request, week=form, status=422)
    changed = save_week(org=request.org, week=form.week(), actor=request.actor)
    messages.success(request, "Saved. Callers hear these hours from now on." if changed else NOTHING)
    return redirect("scheduling:hours")


@require_POST
@require_permission("settings:write")
def close(request: OrgRequest) -> HttpResponse:
    """Close days; sent twice it closes them once."""
    form = ClosureForm(request.POST)
    if form.is_valid():
        try:
            closure = add_closure(org=request.org, away=form.away(), actor=request.actor)
        except ClosureRefused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _say_closed(closure))
            return redirect("scheduling:hours")
    return _show(request, week=WeekForm(rows_of(read_week(request.org))), closure=form, status=422)


@require_POST
@require_permission("settings:write")
def reopen(request: OrgRequest, closure_id: UUID) -> HttpResponse:
    """Take a closure away."""
    gone = remove_closure(org=request.org, closure_id=closure_id, actor=request.actor)
    if gone is None:
        messages.info(request, "That closure was removed already.")
    else:
        messages.success(request, f"Removed. {say_day(gone.first_day)} can be booked again.")
    return redirect("scheduling:hours")


def _say_closed(closure: Closure) -> str:
    days = f"on {say_day(closure.first_day)}"
    if closure.last_day != closure.first_day:
        days = f"from {say_day(closure.first_day)} to {say_day(closure.last_day)}"
    part = " for part of the day" if closure.starts_at else ""
    return f"{closure.practitioner.name} is away {days}{part}." if closure.practitioner else f"Closed {days}{part}."


def _show(
    request: OrgRequest, *, week: WeekForm, closure: ClosureForm | None = None, status: int = 200
) -> HttpResponse:
    shown = {"week": week, "week_url": reverse("scheduling:hours")}
    if "HX-Request" in request.headers:
        return render(request, "scheduling/_week.html", shown, status=status)
    context = {
        **shown,
        "closure_form": closure or ClosureForm(),
        "coming": coming_closures(request.org),
        "past": past_closures(request.org),
        "displaced": find_displaced(request.org),
        "zone_name": request.org.timezone.replace("_", " "),
        "is_closed": not week.fields,
    }
    with timezone.override(request.org.zone):
        return render(request, "scheduling/hours.html", context, status=status)
