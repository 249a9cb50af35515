"""Steps 1 and 2 of the wizard: a clinic's line, and the proof that it is theirs."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from orgs.middleware import OrgRequest
from orgs.permissions import opens_own_transactions, require_permission
from telephony.forwarding.errors import AlreadyVerified, NotConfirmedYet
from telephony.forwarding.proofs import confirm_verification, get_verification, refresh_verification
from telephony.forwarding.types import StartedVerification, VerificationState
from telephony.forwarding.unfinished import find_line_id
from telephony.forwarding.verifying import start_verification
from telephony.line_forms import CodeForm, NumberForm
from telephony.models import VerificationStatus
from telephony.views.line_pages import POLL_S, wizard
from voxanne.clock import now
from voxanne.errors import DomainError


@require_http_methods(["GET", "HEAD", "POST"])
@require_permission("telephony:write")
@opens_own_transactions
def line_new(request: OrgRequest) -> HttpResponse:
    """Step 1: which line. Posting has Twilio call it; the answer is step 2, which alone shows the code."""
    form = NumberForm(request.POST or None, country=request.org.country)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            number = form.cleaned_data["line"]
            try:
                started = start_verification(
                    org=request.org, phone_number=number, friendly_name=form.cleaned_data["name"], actor=request.actor
                )
                return _show_started(request, started)
            except AlreadyVerified:
                messages.info(request, "This number is verified already.")
                return redirect("telephony:line", find_line_id(org=request.org, phone_number=number))
            except DomainError as refused:
                form.add_error(None, refused.message)
                status = refused.http_status
    return render(request, "telephony/lines/number.html", {"form": form, "steps": wizard(1)}, status=status)


@require_GET
@require_permission("telephony:write")
def line_read(request: OrgRequest) -> HttpResponse:
    """How a number was understood while it is typed: in full, or why it cannot be one."""
    form = NumberForm(request.GET, country=request.org.country)
    form.is_valid()
    return render(request, "telephony/lines/_read.html", {"form": form, "line": form.cleaned_data.get("line", "")})


@require_http_methods(["GET", "HEAD", "POST"])
@require_permission("telephony:write")
@opens_own_transactions
def line_verify(request: OrgRequest, line_id: UUID) -> HttpResponse:
    """Step 2: waiting for the call, and confirming the code. The code itself is shown once, where the call began."""
    if request.method != "POST":
        state = get_verification(org=request.org, verification_id=line_id)
        if state.status == VerificationStatus.VERIFIED:
            return redirect("telephony:line", line_id)
        return _show(request, state)
    form = CodeForm(request.POST)
    if form.is_valid():
        try:
            confirm_verification(
                org=request.org, verification_id=line_id, code=form.cleaned_data["code"], actor=request.actor
            )
        except AlreadyVerified:
            return redirect("telephony:line", line_id)
        except DomainError as refused:
            problems = [problem for found in refused.fields.values() for problem in found]
            form.add_error(None, " ".join(problems) or refused.message)
            state = get_verification(org=request.org, verification_id=line_id)
            keeps_code = isinstance(refused, NotConfirmedYet) and form.cleaned_data["shown"]
            code = form.cleaned_data["code"] if keeps_code else ""
            return _show(request, state, code=code, form=form, status=refused.http_status)
        messages.success(request, "This line is verified. Now choose how it forwards.")
        return redirect("telephony:line-choose", line_id)
    state = get_verification(org=request.org, verification_id=line_id)
    return _show(request, state, form=form, status=422)


@require_GET
@require_permission("telephony:write")
@opens_own_transactions
def line_verify_state(request: OrgRequest, line_id: UUID) -> HttpResponse:
    """How far the verification is, for the page that waits. Twilio is asked now and then: its callback may be lost."""
    state = refresh_verification(org=request.org, verification_id=line_id)
    return render(request, "telephony/lines/_verify_state.html", _context(state))


@require_POST
@require_permission("telephony:write")
@opens_own_transactions
def line_call_again(request: OrgRequest, line_id: UUID) -> HttpResponse:
    """Another call, with another code."""
    state = get_verification(org=request.org, verification_id=line_id)
    try:
        started = start_verification(org=request.org, phone_number=state.phone_number, actor=request.actor)
        return _show_started(request, started)
    except AlreadyVerified:
        return redirect("telephony:line", line_id)
    except DomainError as refused:
        form = CodeForm({})
        form.full_clean()
        form.errors.clear()
        form.add_error(None, refused.message)
        state = get_verification(org=request.org, verification_id=line_id)
        return _show(request, state, form=form, status=refused.http_status)


def _show_started(request: OrgRequest, started: StartedVerification) -> HttpResponse:
    if started.is_verified_already:
        messages.success(request, "Twilio knows this number already, so nobody needs to call. It is verified.")
        return redirect("telephony:line-choose", started.verification_id)
    state = get_verification(org=request.org, verification_id=started.verification_id)
    return _show(request, state, code=started.code)


def _show(
    request: OrgRequest, state: VerificationState, *, code: str = "", form: CodeForm | None = None, status: int = 200
) -> HttpResponse:
    shown = form or CodeForm(initial={"code": code, "shown": bool(code)})
    context = {**_context(state), "code": code, "form": shown, "steps": wizard(2)}
    response = render(request, "telephony/lines/verify.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _context(state: VerificationState) -> dict[str, object]:
    is_open = state.status == VerificationStatus.PENDING and state.locked_until is None
    return {
        "state": state,
        "is_open": is_open,
        "is_waiting": is_open and not state.is_confirmed_by_twilio,
        "seconds_left": max(0, round((state.expires_at - now()).total_seconds())) if state.expires_at else 0,
        "poll_s": POLL_S,
    }
