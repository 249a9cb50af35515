"""Which organisation to work in, its profile, and the way to its first call."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from orgs import onboarding, services
from orgs.forms import ProfileForm
from orgs.middleware import OrgRequest, switch_organisation
from orgs.permissions import require_permission
from voxanne.errors import BadInput

HOME = "/dashboard"


@require_GET
@login_required
def choose(request: HttpRequest) -> HttpResponse:
    """Which of several organisations; for somebody in none, what to do about it."""
    memberships = list(request.memberships)  # type: ignore[attr-defined]
    if len(memberships) == 1:
        return redirect(HOME)
    return render(request, "orgs/choose.html", {"memberships": memberships})


@require_POST
@login_required
def switch(request: HttpRequest) -> HttpResponse:
    """Work in another organisation from now on."""
    try:
        org_id = UUID(request.POST.get("org_id", ""))
    except ValueError as error:
        raise BadInput("Choose one of your clinics.") from error
    membership = switch_organisation(request, org_id)
    messages.success(request, f"You are working in {membership.org_name}.")
    return redirect(_safe_next(request))


@require_GET
@require_permission("org:read")
def show_onboarding(request: OrgRequest) -> HttpResponse:
    """The checklist, each item done by real state."""
    steps = onboarding.checklist(request.org)
    shown = [
        {
            "title": view.step.title,
            "note": view.step.note,
            "state": view.state.value,
            "href": _href(view.step.url_name),
            "action": view.step.action if _href(view.step.url_name) else "",
        }
        for view in steps
    ]
    done = sum(view.state is onboarding.StepState.DONE for view in steps)
    return render(request, "orgs/onboarding.html", {"steps": shown, "done": done, "total": len(steps)})


@require_http_methods(["GET", "HEAD", "POST"])
@require_permission("settings:read", post="settings:write")
def profile(request: OrgRequest) -> HttpResponse:
    """What the clinic says of itself: shown to all, kept for admins."""
    if request.method != "POST":
        return render(request, "orgs/profile.html", {"form": ProfileForm(instance=request.org)})
    form = ProfileForm(request.POST, instance=request.org)
    if not form.is_valid():
        return render(request, "orgs/profile.html", {"form": form}, status=422)
    services.update_profile(org=form.instance, actor=request.actor)
    messages.success(request, "Saved.")
    return redirect("orgs:onboarding")


def _href(url_name: str) -> str:
    try:
        return reverse(url_name) if url_name else ""
    except NoReverseMatch:
        return ""


def _safe_next(request: HttpRequest) -> str:
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe else HOME
