"""The two faces of an address: the page, and the fragment that htmx asks for."""

import json
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from voxanne.cursors import Cursor


def is_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of the page."""
    return "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers


def pages_of(here: str, query: dict[str, str], following: Cursor | None) -> dict[str, str]:
    """The addresses of the next page ("" without one) and of what is shown, for refreshing it."""
    cursor = following.encode() if following else ""
    shown = {**query, "shown": cursor} if cursor else query
    return {
        "next_url": f"{here}?{urlencode({**query, 'cursor': cursor})}" if cursor else "",
        "live_url": f"{here}?{urlencode(shown)}" if shown else here,
    }


def pages_from(here: str, place: int | None) -> dict[str, str]:
    """The same for a list that goes by places instead of moments."""
    if place is None:
        return {"next_url": "", "live_url": here}
    return {"next_url": f"{here}?after={place}", "live_url": f"{here}?shown={place}"}


def done(
    request: HttpRequest, words: str, goes_to: str, *, changed: str, undo: dict[str, Any] | None = None
) -> HttpResponse:
    """Something was done: a toast, and for a plain form the page to go to.

    Args:
        changed: the event that what is shown listens to.
        undo: what takes it back, as frontend/js/toasts.js reads it.
    """
    if is_fragment(request):
        toast = {"level": "success", "message": words, **({"undo": undo} if undo else {})}
        return HttpResponse(status=204, headers={"HX-Trigger": json.dumps({"toast": toast, changed: True})})
    messages.success(request, words)
    return redirect(goes_to)
