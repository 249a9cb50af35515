"""The two faces of an address: the page, and the fragment that htmx asks for."""

import json
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

# What a lead's thread listens to beside the live stream.
CHANGED = "thread-changed"


def is_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of the page."""
    return "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers


def done(request: HttpRequest, contact_id: UUID, words: str) -> HttpResponse:
    """Something was done about a contact: a toast, and the lead's page or, for htmx, a closed dialog."""
    if is_fragment(request):
        trigger = {"dialog:close": True, CHANGED: True, "toast": {"level": "success", "message": words}}
        return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(trigger)})
    messages.success(request, words)
    return redirect("contacts:lead", contact_id)
