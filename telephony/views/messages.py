"""What was written to whom, and what became of it."""

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from orgs.middleware import OrgRequest
from orgs.permissions import require_permission
from telephony import selectors
from telephony.forms import FilterForm
from telephony.messaging.replies import PATH
from voxanne.cursors import decode_cursor


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
