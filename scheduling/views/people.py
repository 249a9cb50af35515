"""Who can be booked, for what and when: shown to all, kept by admins."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from contacts.models import Service
from orgs.middleware import OrgRequest
from orgs.permissions import require_permission
from scheduling import practitioners
from scheduling.errors import NobodyDoesService, PractitionerNameTaken
from scheduling.models import Practitioner
from scheduling.opening_hours import read_week, save_week
from scheduling.settings_forms import PersonForm, SkillsForm
from scheduling.views.hours import NOTHING
from scheduling.week_form import WeekForm, edited, read_rows, rows_of
from voxanne.errors import DomainError

NO_OWN_HOURS = "Add the hours of at least one day, or let them work the clinic’s hours."


@require_http_methods(["GET", "HEAD", "POST"])
@require_permission("settings:read", post="settings:write")
def people(request: OrgRequest) -> HttpResponse:
    """Everybody, and a form for somebody new."""
    form = PersonForm(request.POST) if request.method == "POST" else PersonForm()
    if form.is_bound and form.is_valid():
        try:
            name = form.cleaned_data["name"]
            person = practitioners.add_practitioner(org=request.org, name=name, actor=request.actor)
        except PractitionerNameTaken as refused:
            form.add_error("name", refused.message)
        else:
            messages.success(request, f"{person.name} can be booked. Check what they do, and when.")
            return redirect("scheduling:practitioner", person.pk)
    lines = practitioners.list_people(request.org)
    context = {
        "bookable": [line for line in lines if line.person.is_active],
        "others": [line for line in lines if not line.person.is_active],
        "form": form,
    }
    return render(request, "scheduling/people.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@require_permission("settings:read", post="settings:write")
def person(request: OrgRequest, practitioner_id: int) -> HttpResponse:
    """One of them; posting gives another name."""
    one = practitioners.access_practitioner(request.org, practitioner_id)
    if request.method != "POST":
        return _show(request, one)
    form = PersonForm(request.POST)
    if form.is_valid():
        try:
            name = form.cleaned_data["name"]
            practitioners.rename_practitioner(org=request.org, practitioner_id=one.pk, name=name, actor=request.actor)
        except PractitionerNameTaken as refused:
            form.add_error("name", refused.message)
        else:
            messages.success(request, "Saved.")
            return redirect("scheduling:practitioner", one.pk)
    return _show(request, one, name=form, status=422)


@require_POST
@require_permission("settings:write")
def skills(request: OrgRequest, practitioner_id: int) -> HttpResponse:
    """Which services they do."""
    one = practitioners.access_practitioner(request.org, practitioner_id)
    form = SkillsForm(request.POST, services=_services())
    if form.is_valid():
        try:
            practitioners.choose_services(
                org=request.org, practitioner_id=one.pk, service_ids=form.chosen(), actor=request.actor
            )
        except NobodyDoesService as refused:
            form.add_error("services", refused.message)
        else:
            messages.success(request, "Saved.")
            return redirect("scheduling:practitioner", one.pk)
    return _show(request, one, skills=form, status=422)


@require_POST
@require_permission("settings:write")
def person_hours(request: OrgRequest, practitioner_id: int) -> HttpResponse:
    """The clinic's hours, or own ones."""
    one = practitioners.access_practitioner(request.org, practitioner_id)
    rows, is_own = read_rows(request.POST), request.POST.get("hours") == "own"
    if edit := request.POST.get("edit", ""):
        return _show(request, one, week=edited(rows, edit), is_own=True)
    form = WeekForm(rows, is_sent=True)
    if is_own and form.is_valid() and not form.week():
        form.add_error(None, NO_OWN_HOURS)
    if is_own and not form.is_valid():
        return _show(request, one, week=form, is_own=True, status=422)
    week = form.week() if is_own else {}
    changed = save_week(org=request.org, week=week, actor=request.actor, practitioner=one)
    messages.success(request, "Saved. Callers are offered these hours from now on." if changed else NOTHING)
    return redirect("scheduling:practitioner", one.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@require_permission("settings:write")
def deactivate(request: OrgRequest, practitioner_id: int) -> HttpResponse:
    """Ask, saying what becomes of their appointments, then take them out of what callers can book."""
    one = practitioners.access_practitioner(request.org, practitioner_id)
    refusal, status = "", 200
    if request.method == "POST":
        try:
            practitioners.deactivate_practitioner(org=request.org, practitioner_id=one.pk, actor=request.actor)
        except DomainError as refused:
            refusal, status = refused.message, refused.http_status
        else:
            messages.success(request, f"{one.name} cannot be booked any more.")
            return redirect("scheduling:practitioners")
    count, shown = practitioners.coming_visits(request.org, one)
    context = {
        "person": one,
        "refusal": refusal,
        "coming": count,
        "shown": shown,
        "unseen": count - len(shown),
        "left_alone": practitioners.services_left_alone(request.org, one),
    }
    with timezone.override(request.org.zone):
        return render(request, "scheduling/deactivate.html", context, status=status)


@require_POST
@require_permission("settings:write")
def reactivate(request: OrgRequest, practitioner_id: int) -> HttpResponse:
    """Have them booked again."""
    try:
        one = practitioners.reactivate_practitioner(
            org=request.org, practitioner_id=practitioner_id, actor=request.actor
        )
    except PractitionerNameTaken as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, f"{one.name} can be booked again.")
    return redirect("scheduling:practitioners")


def _services() -> list[Service]:
    return list(Service.objects.filter(is_active=True).order_by("name"))


def _show(request: OrgRequest, one: Practitioner, *, status: int = 200, **given: Any) -> HttpResponse:
    week_url = reverse("scheduling:person_hours", args=[one.pk])
    if "week" in given and "HX-Request" in request.headers:
        shown_week = {"week": given["week"], "week_url": week_url}
        return render(request, "scheduling/_week.html", shown_week, status=status)
    own, services = read_week(request.org, one), _services()
    count, shown = practitioners.coming_visits(request.org, one)
    done = practitioners.services_done_by(request.org, one, services)
    context = {
        "person": one,
        "name_form": given.get("name") or PersonForm(initial={"name": one.name}),
        "skills_form": given.get("skills")
        or SkillsForm(initial={"services": [str(pk) for pk in done]}, services=services),
        "has_services": bool(services),
        "week": given.get("week") or WeekForm(rows_of(own or read_week(request.org))),
        "week_url": week_url,
        "is_own": given.get("is_own", bool(own)),
        "coming": count,
        "shown": shown,
        "unseen": count - len(shown),
    }
    with timezone.override(request.org.zone):
        return render(request, "scheduling/person.html", context, status=status)
