"""The page of a clinic's choices for its calls."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from agents.call_settings import read_call_settings, save_call_settings
from agents.call_settings_form import CallSettingsForm
from orgs.middleware import OrgRequest
from orgs.permissions import require_permission


@require_http_methods(["GET", "HEAD", "POST"])
@require_permission("settings:read", post="settings:write")
def call_settings(request: OrgRequest) -> HttpResponse:
    """Shown to all, kept for admins."""
    chosen, country = read_call_settings(request.org), request.org.country
    if request.method != "POST":
        form = CallSettingsForm(instance=chosen, country=country)
        return render(request, "agents/call_settings.html", {"form": form})
    form = CallSettingsForm(request.POST, instance=chosen, country=country)
    if not form.is_valid():
        return render(request, "agents/call_settings.html", {"form": form}, status=422)
    changed = save_call_settings(org=request.org, chosen=form.instance, actor=request.actor)
    messages.success(request, "Saved. Your agents are being updated." if changed else "Nothing was changed.")
    return redirect("agents:call_settings")
