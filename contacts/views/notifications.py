"""What the team is told of leads: shown to all, kept by admins."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from contacts.notifications import can_text, read_notifications, save_notifications
from contacts.settings_forms import NotificationsForm
from orgs.middleware import OrgRequest
from orgs.permissions import require_permission


@require_http_methods(["GET", "HEAD", "POST"])
@require_permission("settings:read", post="settings:write")
def notifications(request: OrgRequest) -> HttpResponse:
    """The alert number and the fallback value."""
    form = NotificationsForm(
        request.POST if request.method == "POST" else None, org=request.org, chosen=read_notifications(request.org)
    )
    if form.is_bound and form.is_valid():
        changed = save_notifications(org=request.org, chosen=form.values(), actor=request.actor)
        messages.success(request, "Saved." if changed else "Nothing was changed.")
        return redirect("contacts:notifications")
    context = {"form": form, "can_text": can_text(request.org)}
    return render(request, "contacts/notifications.html", context, status=422 if form.errors else 200)
