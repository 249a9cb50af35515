"""Placing a simulated call from the dashboard."""

import json

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from calls.forms import SimulationForm
from calls.simulation import Wish, has_number, list_callers, list_scenarios, simulate_call
from orgs.middleware import OrgRequest
from orgs.permissions import opens_own_transactions, require_permission
from orgs.scope import org_tx
from voxanne.errors import DomainError

DONE = "Your receptionist's phone is ringing."


@require_http_methods(["GET", "HEAD", "POST"])
@opens_own_transactions
@require_permission("calls:write")
def simulate(request: OrgRequest) -> HttpResponse:
    """The form (page or dialog), and placing the call. No transaction is open while the sandbox is asked."""
    if request.method != "POST":
        return _form(request)
    form = SimulationForm(request.POST)
    if not form.is_valid():
        return _form(request, error="Choose what happens in the call.", status=422)
    try:
        wish = Wish(
            scenario=form.cleaned_data["scenario"],
            fast=form.cleaned_data["pace"] != "real",
            caller_id=form.cleaned_data["caller"],
        )
        simulate_call(org=request.org, actor=request.actor, wish=wish)
    except DomainError as refused:
        return _form(request, error=refused.message, status=422)
    if request.headers.get("HX-Request"):
        trigger = {"dialog:close": True, "toast": {"level": "success", "message": DONE}}
        return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(trigger)})
    messages.success(request, DONE)
    return redirect("calls:list")


def _form(request: OrgRequest, *, error: str = "", status: int = 200) -> HttpResponse:
    scenarios = []
    try:
        scenarios = list_scenarios()
    except DomainError as away:
        error = error or away.message
        status = status if status != 200 else away.http_status
    template = "calls/_simulate.html" if request.headers.get("HX-Request") else "calls/simulate.html"
    with org_tx():
        callers, can_dial = list_callers(request.org), has_number(request.org)
    context = {
        "callers": callers,
        "caller": request.POST.get("caller", ""),
        "can_dial": can_dial,
        "scenarios": scenarios,
        "chosen": request.POST.get("scenario", ""),
        "pace": request.POST.get("pace", "fast"),
        "error": error,
    }
    return render(request, template, context, status=status)
