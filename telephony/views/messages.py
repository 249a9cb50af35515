"""What was written to whom, and what became of it."""

import json
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from orgs.middleware import OrgRequest
from orgs.permissions import require_permission
from telephony import selectors
from telephony.forms import FilterForm
from telephony.messaging.replies import PATH
from telephony.messaging.sending_again import send_again
from voxanne.cursors import decode_cursor
from voxanne.errors import DomainError


@require_safe
@require_permission("messages:read")
def message_list(request: OrgRequest) -> HttpResponse:
    """All texts and emails, newest first, narrowed by what stands in the address."""
    filters = FilterForm(request.GET).filters()
    after = decode_cursor(request.GET.get("cursor", ""))
    shown = decode_cursor(request.GET.get("shown", ""))
    page = selectors.list_messages(filters=filters, after=after, down_to=shown)
    here, query = reverse("telephony:messages"), filters.as_query()
    next_cursor = page.next_cursor.encode() if page.next_cursor else ""
    context = {
        "rows": page.rows,
        "filters": filters,
        "channels": selectors.channel_choices(),
        "directions": selectors.direction_choices(),
        "statuses": selectors.status_choices(),
        "next_url": f"{here}?{urlencode({**query, 'cursor': next_cursor})}" if next_cursor else "",
        "live_url": f"{here}?{urlencode({**query, 'shown': next_cursor} if next_cursor else query)}",
    }
    if "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers:
        return render(request, "telephony/_more.html" if after else "telephony/_rows.html", context)
    return render(
        request,
        "telephony/messages.html",
        {**context, "deaf_numbers": selectors.list_deaf_numbers(), "replies_url": f"{settings.BACKEND_URL}{PATH}"},
    )


@require_POST
@require_permission("messages:write")
def send_message_again(request: OrgRequest, message_id: UUID) -> HttpResponse:
    """Send once more what failed. htmx gets a toast, a form the page that it stood on."""
    try:
        send_again(org=request.org, message_id=message_id, actor=request.actor)
    except DomainError as refused:
        if "HX-Request" not in request.headers and refused.http_status != 404:
            messages.error(request, refused.message)
            return redirect(_back(request))
        raise
    words = "It is being sent again."
    if "HX-Request" in request.headers:
        trigger = {"message-sent": True, "toast": {"level": "success", "message": words}}
        return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(trigger)})
    messages.success(request, words)
    return redirect(_back(request))


def _back(request: OrgRequest) -> str:
    """The page that the form stood on, if it is one of ours."""
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()})
    return wanted if is_ours else reverse("telephony:messages")
