"""The price list: shown to all, kept by admins; and a sentence to try it with."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from contacts import price_list
from contacts.errors import PriceListFull, ServiceNameTaken
from contacts.models import Service
from contacts.settings_forms import SentenceForm, ServiceForm
from orgs.middleware import OrgRequest
from orgs.permissions import require_permission

ADDED = "{name} is on your price list. Your agents are being told."
SAVED = "Saved. Your agents are being told."
NOTHING = "Nothing was changed."


@require_http_methods(["GET", "HEAD", "POST"])
@require_permission("services:read", post="services:write")
def services(request: OrgRequest) -> HttpResponse:
    """The list, and a form for something new."""
    form = ServiceForm(request.POST if request.method == "POST" else None, org=request.org)
    if form.is_bound and form.is_valid():
        try:
            service = price_list.add_service(org=request.org, facts=form.facts(), actor=request.actor)
        except (ServiceNameTaken, PriceListFull) as refused:
            form.add_error("name", refused.message)
        else:
            messages.success(request, ADDED.format(name=service.name))
            return redirect("contacts:services")
    return _show(request, form=form, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@require_permission("services:read", post="services:write")
def service(request: OrgRequest, service_id: UUID) -> HttpResponse:
    """One service and its form."""
    one = price_list.access_any_service(request.org, service_id)
    form = ServiceForm(request.POST if request.method == "POST" else None, org=request.org, service=one)
    if form.is_bound and form.is_valid():
        try:
            changed = price_list.change_service(
                org=request.org, service_id=one.pk, changes=form.facts(), actor=request.actor
            )
        except ServiceNameTaken as refused:
            form.add_error("name", refused.message)
        else:
            messages.success(request, SAVED if changed else NOTHING)
            return redirect("contacts:services")
    context = {"service": one, "form": form}
    return render(request, "contacts/service.html", context, status=422 if form.errors else 200)


@require_POST
@require_permission("services:write")
def service_off(request: OrgRequest, service_id: UUID) -> HttpResponse:
    """Take it off the list."""
    one = _switch(request, service_id, is_active=False)
    messages.success(request, f"{one.name} is off your price list. “Sell again” brings it back.")
    return redirect("contacts:services")


@require_POST
@require_permission("services:write")
def service_on(request: OrgRequest, service_id: UUID) -> HttpResponse:
    """Put it back."""
    one = _switch(request, service_id, is_active=True)
    messages.success(request, f"{one.name} is back on your price list.")
    return redirect("contacts:services")


@require_POST
@require_permission("services:read")
def sentence(request: OrgRequest) -> HttpResponse:
    """What a caller's sentence would be taken for. Nothing is stored; by POST, so that it stands in no address."""
    tried = SentenceForm(request.POST)
    found = price_list.read_sentence(request.org, tried.cleaned_data["sentence"]) if tried.is_valid() else None
    if "HX-Request" in request.headers:
        context = {"tried": tried, "reading": found}
        return render(request, "contacts/_sentence.html", context, status=422 if tried.errors else 200)
    return _show(request, tried=tried, reading=found, status=422 if tried.errors else 200)


def _switch(request: OrgRequest, service_id: UUID, *, is_active: bool) -> Service:
    changes = {"is_active": is_active}
    price_list.change_service(org=request.org, service_id=service_id, changes=changes, actor=request.actor)
    return price_list.access_any_service(request.org, service_id)


def _show(request: OrgRequest, *, status: int = 200, **given: Any) -> HttpResponse:
    found = price_list.list_services(request.org)
    context = {
        "sold": [one for one in found if one.is_active],
        "others": [one for one in found if not one.is_active],
        "form": given.get("form") or ServiceForm(org=request.org),
        "tried": given.get("tried") or SentenceForm(),
        "reading": given.get("reading"),
    }
    return render(request, "contacts/services.html", context, status=status)
