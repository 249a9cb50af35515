"""The clinic's own lines: the list, and steps 3 to 5 of the wizard that bring one to its agent."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from orgs.middleware import OrgRequest
from orgs.permissions import opens_own_transactions, require_permission
from telephony.forwarding.accounts import find_platforms_account
from telephony.forwarding.carriers import COUNTRIES, NETWORKS
from telephony.forwarding.choices import list_forwarding_numbers
from telephony.forwarding.configs import (
    codes_of,
    confirm_forwarding,
    disable_forwarding,
    preview_forwarding,
    set_up_forwarding,
)
from telephony.forwarding.lines import country_of
from telephony.forwarding.proofs import get_verification
from telephony.forwarding.removing import remove_line
from telephony.forwarding.selectors import get_config, get_line, list_lines
from telephony.forwarding.sightings import start_test
from telephony.forwarding.trial_calls import call_line, latest_trial, refresh_trial
from telephony.forwarding.types import Line
from telephony.forwarding.unfinished import list_unfinished
from telephony.line_forms import ChoiceForm, country_choices
from telephony.models import Carrier, ForwardingStatus, ForwardingType, HybridForwardingConfig, TrialCall, TrialState
from telephony.views.line_pages import dialling, is_watched, next_address, reached_by, say_rings, wizard
from voxanne.errors import DomainError, NotFound


@require_safe
@require_permission("telephony:read")
def line_list(request: OrgRequest) -> HttpResponse:
    """All lines and how each stands; htmx gets the list alone."""
    context = {"lines": list_lines(org=request.org), "unfinished": list_unfinished(org=request.org)}
    is_fragment = "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers
    return render(request, "telephony/lines/_list.html" if is_fragment else "telephony/lines/list.html", context)


@require_safe
@require_permission("telephony:read")
def line(request: OrgRequest, line_id: UUID) -> HttpResponse:
    """Where a line stands: the step that it has come to."""
    try:
        found = get_line(org=request.org, verified_caller_id=line_id)
    except NotFound:
        unproved = get_verification(org=request.org, verification_id=line_id)
        return redirect("telephony:line-verify", unproved.verification_id)
    return redirect(next_address(found))


@require_http_methods(["GET", "HEAD", "POST"])
@require_permission("telephony:read", post="telephony:write")
def line_choose(request: OrgRequest, line_id: UUID) -> HttpResponse:
    """Step 3: whose network, and which calls. `preview` shows the code and stores nothing."""
    found = get_line(org=request.org, verified_caller_id=line_id)
    form, config = _choice_form(request, found)
    context: dict[str, Any] = {}
    status = 200
    if form.is_bound and form.is_valid():
        try:
            if "preview" not in request.POST:
                set_up_forwarding(
                    org=request.org, verified_caller_id=line_id, choice=form.choice(), actor=request.actor
                )
                return redirect("telephony:line-dial", line_id)
            context = _preview(request, form, line_id)
        except DomainError as refused:
            form.refuse(refused)
            status = refused.http_status
    if form.is_bound and form.errors:
        status = max(status, 400)
    context |= {
        "line": found,
        "form": form,
        "config": config,
        "countries": country_choices(also=_country(request, found, config)),
        "country": _country(request, found, config),
        "numbers": list_forwarding_numbers(),
        "steps": wizard(3, line_id=line_id, reached=reached_by(found)),
        "rings": say_rings(int(form["ring_seconds"].value() or 25))
        if str(form["ring_seconds"].value()).isdigit()
        else "",
    }
    return render(request, "telephony/lines/choose.html", context, status=status)


@require_POST
@require_permission("telephony:write")
def line_preview(request: OrgRequest, line_id: UUID) -> HttpResponse:
    """The code of what stands in the form now."""
    found = get_line(org=request.org, verified_caller_id=line_id)
    form, _ = _choice_form(request, found)
    return render(request, "telephony/lines/_preview.html", _preview(request, form, line_id))


@require_http_methods(["GET", "HEAD", "POST"])
@require_permission("telephony:read", post="telephony:write")
def line_dial(request: OrgRequest, line_id: UUID) -> HttpResponse:
    """Step 4: the code, to be keyed in on the line. Posting says that it was."""
    found = get_line(org=request.org, verified_caller_id=line_id)
    if found.forwarding_id is None or found.forwarding_status == ForwardingStatus.DISABLED:
        return redirect("telephony:line-choose", line_id)
    if request.method == "POST":
        confirm_forwarding(org=request.org, forwarding_id=found.forwarding_id, actor=request.actor)
        return redirect("telephony:line-done", line_id)
    config = get_config(org=request.org, forwarding_id=found.forwarding_id)
    context = {
        "line": found,
        "config": config,
        "steps": wizard(4, line_id=line_id, reached=reached_by(found)),
        **dialling(request, codes_of(config), line_id=line_id),
    }
    return render(request, "telephony/lines/dial.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require_permission("telephony:read", post="telephony:write")
def line_done(request: OrgRequest, line_id: UUID) -> HttpResponse:
    """Step 5: what was set up, and whether a call comes through. Posting begins to watch for one."""
    found = get_line(org=request.org, verified_caller_id=line_id)
    if found.forwarding_id is None or reached_by(found) < 5 or found.forwarding_status == ForwardingStatus.DISABLED:
        return redirect("telephony:line-choose" if found.forwarding_id is None else "telephony:line-dial", line_id)
    if request.method == "POST":
        start_test(org=request.org, forwarding_id=found.forwarding_id, actor=request.actor)
        return redirect("telephony:line-done", line_id)
    config = get_config(org=request.org, forwarding_id=found.forwarding_id)
    trial = latest_trial(org=request.org, forwarding_id=found.forwarding_id)
    steps = wizard(5, line_id=line_id, reached=5)
    return render(request, "telephony/lines/done.html", {**_standing(found, config, trial), "steps": steps})


@require_POST
@require_permission("telephony:write")
@opens_own_transactions
def line_trial(request: OrgRequest, line_id: UUID) -> HttpResponse:
    """Have us call the line, and see where the call comes out."""
    found = get_line(org=request.org, verified_caller_id=line_id)
    if found.forwarding_id is None:
        raise NotFound("There is no forwarding for that number yet.")
    try:
        call_line(org=request.org, forwarding_id=found.forwarding_id, actor=request.actor)
    except NotFound:
        raise
    except DomainError as refused:
        messages.error(request, refused.message)
    return redirect("telephony:line-done", line_id)


@require_GET
@require_permission("telephony:read")
@opens_own_transactions
def line_test_state(request: OrgRequest, line_id: UUID) -> HttpResponse:
    """Whether the call that is waited for has come."""
    found = get_line(org=request.org, verified_caller_id=line_id)
    if found.forwarding_id is None:
        raise NotFound("There is no forwarding for that number yet.")
    trial = refresh_trial(org=request.org, forwarding_id=found.forwarding_id)
    config = get_config(org=request.org, forwarding_id=found.forwarding_id)
    return render(request, "telephony/lines/_test.html", _standing(found, config, trial))


@require_http_methods(["GET", "HEAD", "POST"])
@require_permission("telephony:write")
def line_off(request: OrgRequest, line_id: UUID) -> HttpResponse:
    """Turn forwarding off: the code to dial, and a button that says that it was."""
    found = get_line(org=request.org, verified_caller_id=line_id)
    if found.forwarding_id is None:
        return redirect("telephony:line-choose", line_id)
    config = get_config(org=request.org, forwarding_id=found.forwarding_id)
    if request.method == "POST":
        disable_forwarding(org=request.org, forwarding_id=config.pk, actor=request.actor)
        messages.success(request, "Forwarding is off for this line. You can set it up again at any time.")
        return redirect("telephony:lines")
    context = {
        "line": found,
        "config": config,
        **dialling(request, codes_of(config), line_id=line_id),
    }
    return render(request, "telephony/lines/off.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require_permission("telephony:write")
@opens_own_transactions
def line_remove(request: OrgRequest, line_id: UUID) -> HttpResponse:
    """Asks before a line and its forwarding are forgotten."""
    found = _find_any(request, line_id)
    problem, status = "", 200
    if request.method == "POST":
        try:
            removed = remove_line(org=request.org, verified_caller_id=line_id, actor=request.actor)
        except NotFound:
            raise
        except DomainError as refused:
            problem, status = refused.message, refused.http_status
        else:
            dial = f" Dial {removed.off_code} on it: it forwards until you do." if removed.off_code else ""
            messages.success(request, f"The line is removed.{dial}")
            return redirect("telephony:lines")
    context = {"line": found, "line_id": line_id, "problem": problem}
    if found is not None and found.forwarding_id and found.forwarding_status == ForwardingStatus.ACTIVE:
        context["off_code"] = codes_of(get_config(org=request.org, forwarding_id=found.forwarding_id)).off_sequence
    return render(request, "telephony/lines/remove.html", context, status=status)


def _find_any(request: OrgRequest, line_id: UUID) -> Line | None:
    """A verified line; None for one whose verification is not finished."""
    try:
        return get_line(org=request.org, verified_caller_id=line_id)
    except NotFound:
        unfinished = {item.id for item in list_unfinished(org=request.org)}
        if line_id not in unfinished:
            raise
        return None


def _choice_form(request: OrgRequest, found: Line) -> tuple[ChoiceForm, HybridForwardingConfig | None]:
    config = get_config(org=request.org, forwarding_id=found.forwarding_id) if found.forwarding_id else None
    data = request.POST if request.method == "POST" else None
    numbers = [number for number in list_forwarding_numbers() if number != found.phone_number]
    country = _country(request, found, config)
    return ChoiceForm(data, country=country, numbers=numbers, config=config), config


def _country(request: OrgRequest, found: Line, config: HybridForwardingConfig | None) -> str:
    """Whose carriers are offered: as chosen on the page, as stored, or where the number is."""
    asked = (request.POST.get("country") or request.GET.get("country") or "").upper()
    stored = config.carrier_country_code if config is not None else ""
    own = country_of(found.phone_number)
    return next((code for code in (asked, stored, own) if code in COUNTRIES or code == own), own)


def _say_slider(form: ChoiceForm) -> str:
    chosen = str(form["ring_seconds"].value() or "")
    return say_rings(int(chosen)) if chosen.isdecimal() else ""


def _preview(request: OrgRequest, form: ChoiceForm, line_id: UUID) -> dict[str, Any]:
    """The codes, or the sentence that says why there are none."""
    if not form.is_valid():
        problems = [problem for found in form.errors.values() for problem in found]
        return {"problem": problems[0] if problems else ""}
    is_safety = form.cleaned_data["forwarding_type"] == ForwardingType.SAFETY_NET
    try:
        codes = preview_forwarding(org=request.org, choice=form.choice(), verified_caller_id=line_id)
    except DomainError as refused:
        fields = [problem for found in refused.fields.values() for problem in found]
        return {"problem": " ".join(fields) or refused.message}
    used = codes.ring_seconds_used if is_safety else None
    return {"preview": codes, "preview_rings": say_rings(used) if used else ""}


def _standing(found: Line, config: HybridForwardingConfig, trial: TrialCall | None) -> dict[str, Any]:
    network = NETWORKS.get(config.network)
    return {
        "line": found,
        "config": config,
        "carrier_name": network.name if network else Carrier(config.carrier).label,
        "country_name": COUNTRIES.get(config.carrier_country_code, config.carrier_country_code),
        "is_watched": is_watched(config),
        "trial": trial,
        "can_try": bool(find_platforms_account() and settings.TWILIO_PHONE_NUMBER),
        "is_calling": trial is not None and trial.state == TrialState.CALLING,
        "rings": say_rings(config.ring_time_seconds) if config.forwarding_type == ForwardingType.SAFETY_NET else "",
    }
