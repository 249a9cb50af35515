"""Reminders: what a clinic chose for them, a sample, and one that is sent by hand."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import get_random_string
from django.views.decorators.http import require_http_methods, require_POST

from orgs.middleware import OrgRequest
from orgs.permissions import require_permission
from orgs.scope import org_tx
from scheduling.models import ReminderChannel
from scheduling.reminders.by_hand import send_now
from scheduling.reminders.change_requests import settle_change_request
from scheduling.reminders.choices import read_choices, save_choices
from scheduling.reminders.forms import ReminderSettingsForm, SampleForm
from scheduling.reminders.preview import preview_of, send_sample
from scheduling.reminders.selectors import connected_channels
from scheduling.reminders.texts import VARIABLES
from voxanne.errors import DomainError, NotFound

KEY_LENGTH = 32


@require_http_methods(["GET", "HEAD", "POST"])
@require_permission("settings:read", post="settings:write")
def reminder_settings(request: OrgRequest) -> HttpResponse:
    """Shown to all, kept for admins."""
    form = _form(request)
    if request.method != "POST":
        return _render(request, form)
    if not form.is_valid():
        return _render(request, form, status=422)
    changed = save_choices(org=request.org, chosen=form.instance, actor=request.actor)
    messages.success(request, "Saved. Planned reminders follow within a minute." if changed else "Nothing was changed.")
    return redirect("scheduling:reminder_settings")


@require_POST
@require_permission("settings:write")
def reminder_preview(request: OrgRequest) -> HttpResponse:
    """What a patient would read, from what stands in the form. Nothing is stored."""
    form = _form(request)
    if "HX-Request" in request.headers:
        return render(request, "scheduling/_reminder_preview.html", {"preview": preview_of(request.org, form)})
    return _render(request, form)


@require_POST
@require_permission("settings:write")
def reminder_sample(request: OrgRequest) -> HttpResponse:
    """Send the saved reminder, of a visit that could be, to whoever asks for it."""
    sample = SampleForm(request.POST, country=request.org.country)
    if sample.is_valid():
        try:
            with org_tx():
                send_sample(
                    org=request.org,
                    channel=ReminderChannel(sample.cleaned_data["channel"]),
                    to=sample.cleaned_data["to"],
                    idempotency_key=_key(request),
                    actor=request.actor,
                )
            messages.success(request, "The sample is on its way.")
            return redirect("scheduling:reminder_settings")
        except DomainError as refused:
            sample.add_error(None, refused.message)
    form = ReminderSettingsForm(instance=read_choices(request.org), org=request.org)
    return _render(request, form, sample=sample, status=422)


@require_POST
@require_permission("appointments:write")
def remind(request: OrgRequest, appointment_id: UUID) -> HttpResponse:
    """Send a reminder now."""
    try:
        channel = ReminderChannel(request.POST.get("method", ""))
    except ValueError:
        channel = ReminderChannel.SMS
    try:
        with org_tx():
            send_now(
                org=request.org,
                appointment_id=appointment_id,
                channel=channel,
                idempotency_key=_key(request),
                actor=request.actor,
            )
        messages.success(request, f"The reminder is on its way by {_said(channel)}.")
    except NotFound:
        raise
    except DomainError as refused:
        messages.error(request, refused.message)
    return redirect("scheduling:one", appointment_id)


@require_POST
@require_permission("appointments:write")
def change_settled(request: OrgRequest, appointment_id: UUID) -> HttpResponse:
    """The patient who asked for another time was spoken to."""
    settle_change_request(org=request.org, appointment_id=appointment_id, actor=request.actor)
    messages.success(request, "Noted: the visit stays as it is.")
    return redirect("scheduling:one", appointment_id)


def _form(request: OrgRequest) -> ReminderSettingsForm:
    given = request.POST if request.method == "POST" else None
    return ReminderSettingsForm(given, instance=read_choices(request.org), org=request.org)


def _key(request: OrgRequest) -> str:
    """The form's own key, so that sending it twice is sending it once."""
    return request.POST.get("key", "")[:KEY_LENGTH] or get_random_string(KEY_LENGTH)


def _said(channel: ReminderChannel) -> str:
    return "SMS" if channel is ReminderChannel.SMS else "email"


def _render(
    request: OrgRequest, form: ReminderSettingsForm, *, sample: SampleForm | None = None, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "preview": preview_of(request.org, form),
        "sample": sample or SampleForm(country=request.org.country),
        "variables": VARIABLES,
        "connected": connected_channels(request.org),
        "key": get_random_string(KEY_LENGTH),
    }
    return render(request, "scheduling/reminder_settings.html", context, status=status)
