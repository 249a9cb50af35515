"""Sharing a recording by a link, and switching links off: a page, and the same in a dialog."""

import json
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from calls.forms import ShareForm
from calls.models import Call
from calls.recordings.selectors import find_recording
from calls.recordings.shares import access_share, list_open_shares, revoke_share, share_recording
from calls.selectors import access_call
from orgs.middleware import OrgRequest
from orgs.permissions import require_permission
from telephony.messaging.errors import BadRecipient
from voxanne.errors import DomainError


@require_http_methods(["GET", "HEAD", "POST"])
@require_permission("calls:write")
def share(request: OrgRequest, call_id: UUID) -> HttpResponse:
    """The form with the links that are open, and having a link sent."""
    call = access_call(call_id)
    if request.method != "POST":
        return _form(request, call)
    form = ShareForm(request.POST)
    if not form.is_valid():
        return _form(request, call, form=form)
    try:
        made, _ = share_recording(
            org=request.org,
            call=call,
            email=form.cleaned_data["email"],
            idempotency_key=request.POST.get("key", ""),
            actor=request.actor,
        )
    except DomainError as refused:
        form.add_error("email" if isinstance(refused, BadRecipient) else None, refused.message)
        return _form(request, call, form=form)
    words = f"The link is on its way to {made.email}."
    if _is_fragment(request):
        trigger = {"dialog:close": True, "toast": {"level": "success", "message": words}}
        return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(trigger)})
    messages.success(request, words)
    return redirect("calls:detail", call.pk)


@require_POST
@require_permission("calls:write")
def revoke(request: OrgRequest, share_id: UUID) -> HttpResponse:
    """Switch a link off. htmx gets the form with what is still open, and a toast."""
    found = access_share(share_id)
    revoke_share(found, actor=request.actor)
    words = "The link is switched off."
    if not _is_fragment(request):
        messages.success(request, words)
        return redirect("calls:share", found.recording.call_id)
    response = _form(request, access_call(found.recording.call_id))
    response["HX-Trigger"] = json.dumps({"toast": {"level": "success", "message": words}})
    return response


def _form(request: OrgRequest, call: Call, *, form: ShareForm | None = None) -> HttpResponse:
    """After a refusal under a new key: nothing was stored under the old one, and the next try is another wish."""
    recording = find_recording(call)
    context = {
        "call": call,
        "form": form or ShareForm(),
        "key": uuid4(),
        "can_share": recording is not None and recording.is_ready,
        "shares": list_open_shares(call),
    }
    template = "calls/_share.html" if _is_fragment(request) else "calls/share.html"
    return render(request, template, context, status=422 if form else 200)


def _is_fragment(request: HttpRequest) -> bool:
    return "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers
