"""Listening to a call: who may is settled here; the sound comes from another address, which is signed."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from calls.recordings.selectors import access_audible, note_listening
from calls.recordings.tickets import Ticket, audio_address
from calls.recordings.wanting import fetch_again
from calls.selectors import access_call
from orgs.middleware import OrgRequest
from orgs.permissions import require_permission


@require_safe
@require_permission("calls:read")
def recording(request: OrgRequest, call_id: UUID) -> HttpResponse:
    """Send a member of staff on to the sound of a call, by an address that is good for five minutes."""
    found = access_audible(access_call(call_id))
    note_listening(found, actor=request.actor)
    return redirect(audio_address(Ticket(request.org.pk, found.pk)))


@require_POST
@require_permission("calls:write")
def retry(request: OrgRequest, call_id: UUID) -> HttpResponse:
    """Have a recording fetched once more."""
    call = access_call(call_id)
    fetch_again(call, actor=request.actor)
    messages.success(request, "The recording is being fetched again.")
    return redirect("calls:detail", call.pk)
