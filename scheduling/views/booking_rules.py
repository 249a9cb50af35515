"""What callers may book and change: shown to all, kept by admins."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from contacts.models import Service
from orgs.middleware import OrgRequest
from orgs.permissions import require_permission
from scheduling.booking_rules import (
    access_service,
    save_scheduling_settings,
    save_service_rules,
    say_change_rule,
    say_rule,
    say_visit,
)
from scheduling.policies import settings_of
from scheduling.settings_forms import SchedulingSettingsForm, ServiceRulesForm
from scheduling.views.hours import NOTHING


@require_http_methods(["GET", "HEAD", "POST"])
@require_permission("settings:read", post="settings:write")
def booking_rules(request: OrgRequest) -> HttpResponse:
    """What callers may do by themselves, and each service's rule in words."""
    stored = settings_of(request.org)
    form = SchedulingSettingsForm(
        request.POST if request.method == "POST" else None, initial=SchedulingSettingsForm.values_of(stored)
    )
    if form.is_bound and form.is_valid():
        changed = save_scheduling_settings(org=request.org, chosen=form.chosen(), actor=request.actor)
        messages.success(request, "Saved." if changed else NOTHING)
        return redirect("scheduling:booking")
    services = Service.objects.filter(is_active=True).order_by("name")
    context = {
        "form": form,
        "said": say_change_rule(stored),
        "services": [(service, say_visit(service), say_rule(service)) for service in services],
    }
    return render(request, "scheduling/booking.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@require_permission("settings:read", post="settings:write")
def service_rules(request: OrgRequest, service_id: UUID) -> HttpResponse:
    """How visits for one service are placed."""
    service = access_service(request.org, service_id)
    form = ServiceRulesForm(request.POST if request.method == "POST" else None, service=service)
    if form.is_bound and form.is_valid():
        changed = save_service_rules(
            org=request.org,
            service_id=service.pk,
            rules=form.rules(),
            actor=request.actor,
            share=form.cleaned_data["share"],
        )
        fresh = access_service(request.org, service_id)
        messages.success(request, f"Saved. {say_rule(fresh)}" if changed else NOTHING)
        return redirect("scheduling:booking")
    context = {"service": service, "form": form, "visit": say_visit(service), "rule": say_rule(service)}
    return render(request, "scheduling/service_rules.html", context, status=422 if form.errors else 200)
