"""The page on which a clinic says what must not be written down of its calls."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from calls.privacy import ALWAYS, PrivacyForm, read_health_terms, save_health_terms, shown
from orgs.middleware import OrgRequest
from orgs.permissions import require_permission


@require_http_methods(["GET", "HEAD", "POST"])
@require_permission("settings:read", post="settings:write")
def privacy(request: OrgRequest) -> HttpResponse:
    """Shown to all, kept for admins."""
    if request.method != "POST":
        return _render(request, PrivacyForm(initial=shown(read_health_terms(request.org))))
    form = PrivacyForm(request.POST)
    if not form.is_valid():
        return _render(request, form, status=422)
    changed = save_health_terms(org=request.org, terms=form.cleaned_data["health_terms"], actor=request.actor)
    messages.success(request, "Saved. Calls from now on follow." if changed else "Nothing was changed.")
    return redirect("calls:privacy")


def _render(request: OrgRequest, form: PrivacyForm, *, status: int = 200) -> HttpResponse:
    return render(request, "calls/privacy.html", {"form": form, "always": ALWAYS}, status=status)
