"""What Google and Microsoft post when a calendar changed. CSRF does not apply: a channel proves itself by its secret.

A notice says that something changed, never what. It is answered at once; the reading is woken.
"""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from orgs.tasks import wake
from scheduling.calendars.channels import accept_notice
from scheduling.calendars.tasks import sync_calendar

MAX_BYTES = 256 * 1024
MAX_NOTICES = 1000
MAX_TOKEN = 1000
# The first notice of a channel, which tells of no change.
ONLY_OPENED = "sync"


@csrf_exempt
@require_POST
def google_notices(request: HttpRequest) -> HttpResponse:
    """`POST /api/calendars/google`: all that counts stands in the headers."""
    has_changed = request.headers.get("X-Goog-Resource-State") != ONLY_OPENED
    found = accept_notice(
        secret=request.headers.get("X-Goog-Channel-Token", ""),
        channel_id=request.headers.get("X-Goog-Channel-ID", ""),
        has_changed=has_changed,
    )
    if found is None:
        return HttpResponse(status=404)
    if has_changed:
        wake(sync_calendar, str(found[0]), str(found[1]))
    return HttpResponse(status=204)


@csrf_exempt
@require_POST
def outlook_notices(request: HttpRequest) -> HttpResponse:
    """`POST /api/calendars/outlook`: several notices at once, or the question whether this address is ours."""
    token = request.GET.get("validationToken")
    if token is not None:
        return HttpResponse(token[:MAX_TOKEN], content_type="text/plain; charset=utf-8")
    answers = [
        accept_notice(secret=str(item.get("clientState") or ""), channel_id=str(item.get("subscriptionId") or ""))
        for item in _notices(request)
    ]
    found = {answer for answer in answers if answer is not None}
    if not found:
        return HttpResponse(status=404)
    for org_id, connection_id in found:
        wake(sync_calendar, str(org_id), str(connection_id))
    return HttpResponse(status=202)


def _notices(request: HttpRequest) -> list[dict[str, Any]]:
    """The notices of a body, each channel's once; empty for anything that is not what Graph sends."""
    try:
        body = json.loads(request.body) if len(request.body) <= MAX_BYTES else None
    except (ValueError, RecursionError):
        return []
    value = body.get("value") if isinstance(body, dict) else None
    items = [item for item in value if isinstance(item, dict)][:MAX_NOTICES] if isinstance(value, list) else []
    return list({(str(item.get("subscriptionId")), str(item.get("clientState"))): item for item in items}.values())
