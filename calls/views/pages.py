"""Overview, list and detail."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.views.decorators.http import require_safe

from calls import selectors
from calls.actions.exporting import ExportFormat
from calls.actions.selectors import list_messages_of_call
from calls.forms import FilterForm
from calls.list_export import COLUMNS, rows_of
from calls.models import Call, CallType
from calls.outbound.selectors import CallButton, call_button_state, find_problem
from calls.overview.charts import Measure
from calls.overview.page import PERIODS
from calls.overview.page import overview as show_overview
from calls.recordings.selectors import find_recording
from calls.routing.decisions import describe_routing
from calls.story import tell
from calls.worth import tell_worth
from contacts.forms import CallerForm
from contacts.staff_tasks.selectors import list_tasks_of_call
from orgs import audit
from orgs.middleware import OrgRequest
from orgs.permissions import gives_a_file, require_fresh_sign_in, require_permission
from voxanne.clock import now
from voxanne.spreadsheets import csv_response

_PERIODS = {str(days): days for days in PERIODS}
_MEASURES = {measure.value: measure for measure in Measure}


@require_safe
@require_permission("calls:read")
def overview(request: OrgRequest) -> HttpResponse:
    """The day at a glance."""
    days = _PERIODS.get(request.GET.get("days", ""), PERIODS[0])
    measure = _MEASURES.get(request.GET.get("show", ""), Measure.BOOKINGS)
    shown = show_overview(org=request.org, days=days, measure=measure)
    context = {**vars(shown), "measures": list(Measure)}
    return render(request, _face(request, "calls/overview.html", "calls/_overview.html"), context)


@require_safe
@require_permission("calls:read")
def call_list(request: OrgRequest) -> HttpResponse:
    """All calls, newest first, narrowed by what stands in the address."""
    filters = FilterForm(request.GET).filters()
    after = filters.read_place(request.GET.get("cursor", ""))
    shown = filters.read_place(request.GET.get("shown", ""))
    page = selectors.list_calls(org=request.org, filters=filters, after=after, down_to=shown)
    here, query = reverse("calls:list"), filters.as_query()
    next_cursor = page.next_cursor.encode() if page.next_cursor else ""
    context = {
        "rows": page.rows,
        "filters": filters,
        "outcomes": selectors.outcome_choices(),
        "directions": CallType.choices,
        "sentiments": selectors.SENTIMENTS,
        "orders": selectors.CallOrder.choices,
        "values": selectors.value_choices(request.org),
        "count": None,
        "export_url": f"{reverse('calls:export-list')}?{urlencode(query)}",
        "next_url": f"{here}?{urlencode({**query, 'cursor': next_cursor})}" if next_cursor else "",
        "live_url": f"{here}?{urlencode({**query, 'shown': next_cursor} if next_cursor else query)}",
    }
    fragment = "calls/_more.html" if after else "calls/_rows.html"
    return render(request, _face(request, "calls/list.html", fragment), context)


@require_safe
@require_permission("calls:read")
@require_fresh_sign_in
@gives_a_file
def call_export(request: OrgRequest) -> HttpResponseBase:
    """The calls that the address narrows the list to, as a CSV file."""
    filters = FilterForm(request.GET).filters()
    audit.record(request.actor, "calls.exported", None, filters=filters.names)
    day = now().astimezone(request.org.zone).date()
    calls = selectors.iterate_calls(org=request.org, filters=filters)
    return csv_response(filename=f"calls-{day.isoformat()}.csv", header=COLUMNS, rows=rows_of(calls, org=request.org))


@require_safe
@require_permission("calls:read")
def call_detail(request: OrgRequest, call_id: UUID) -> HttpResponse:
    """One call, live while it goes on."""
    call = selectors.access_call(call_id)
    if _wants_fragment(request):
        return render(request, "calls/_story.html", _story_context(request, call))
    audit.record(request.actor, "transcript.read", call)  # live refreshes are the same reading of what was said
    return render(request, "calls/detail.html", detail_context(request, call))


def detail_context(request: OrgRequest, call: Call, *, caller_form: CallerForm | None = None) -> dict[str, Any]:
    """What a call's page shows; with the caller's form as somebody has just sent it, where that was refused."""
    caller = selectors.find_caller(call)
    form = caller_form or (CallerForm.of(caller) if caller else None)
    return {**_story_context(request, call), "caller": caller, "caller_form": form}


def _story_context(request: OrgRequest, call: Call) -> dict[str, Any]:
    story = tell(org=request.org, call=call)
    return {
        "call": story.call,
        "headline": story.headline,
        "story": story.entries,
        "appointment": story.appointment,
        "problem": find_problem(call),
        "recording": find_recording(call),
        "tasks": list_tasks_of_call(call.pk),
        "taken_by": describe_routing(call.metadata.get("routed", "")),
        "worth": tell_worth(org=request.org, call=call),
        "call_back": None if call.is_live else _call_back_of(request, call),
        "thread": list_messages_of_call(call.pk),
        "export_formats": ExportFormat.choices,
        "remind_key": get_random_string(32),
    }


def _call_back_of(request: OrgRequest, call: Call) -> CallButton:
    return call_button_state(org=request.org, contact=call.contact, number=call.phone_number)


def _face(request: OrgRequest, page: str, fragment: str) -> str:
    """The fragment for an htmx request, the page for everybody else."""
    return fragment if _wants_fragment(request) else page


def _wants_fragment(request: OrgRequest) -> bool:
    return "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers
