"""The list of appointments. The same address serves the page and its fragments."""

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from orgs.middleware import OrgRequest
from orgs.permissions import require_permission
from scheduling.calendars.health import calendar_health
from scheduling.forms import FilterForm
from scheduling.selectors import appointments_page
from voxanne.cursors import decode_cursor


@require_safe
@require_permission("appointments:read")
def appointments(request: OrgRequest) -> HttpResponse:
    """Appointments by day: what is coming, or what has been."""
    filters = FilterForm(request.GET).filters()
    after = decode_cursor(request.GET.get("cursor", ""))
    page = appointments_page(
        org=request.org, filters=filters, after=after, down_to=decode_cursor(request.GET.get("shown", ""))
    )
    here, query = reverse("scheduling:appointments"), filters.as_query()
    next_cursor = page.next_cursor.encode() if page.next_cursor else ""
    context = {
        "groups": page.groups,
        "next_url": _address(here, {**query, "cursor": next_cursor}) if next_cursor else "",
        "live_url": _address(here, {**query, "shown": next_cursor} if next_cursor else query),
        "count": page.count,
        "view": "past" if filters.shows_past else "upcoming",
        "q": filters.q,
        "stale_calendars": calendar_health(request.org).stale,
    }
    with timezone.override(request.org.zone):  # "Today" is the clinic's
        return render(request, _template(request, is_continued=after is not None), context)


def _template(request: OrgRequest, *, is_continued: bool) -> str:
    if not request.headers.get("HX-Request") or request.headers.get("HX-History-Restore-Request"):
        return "scheduling/appointments.html"
    return "scheduling/_more.html" if is_continued else "scheduling/_rows.html"


def _address(here: str, query: dict[str, str]) -> str:
    return f"{here}?{urlencode(query)}" if query else here
