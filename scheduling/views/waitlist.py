"""The waiting list: who waits for what, whom a time was offered to, and what came back through it."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from contacts.models import Service
from orgs.middleware import OrgRequest
from orgs.permissions import require_permission
from orgs.scope import org_tx
from scheduling.availability import find_slots
from scheduling.calendars.health import calendar_health
from scheduling.models import WaitlistEntry, WantedPart
from scheduling.speech import say_moment
from scheduling.types import PartOfDay, Slot, VisitRules
from scheduling.waitlist.forms import NewEntryForm, WaitlistFilterForm, WishForm, initial_wish
from scheduling.waitlist.joining import change_entry, join_waitlist, take_off
from scheduling.waitlist.matching import OFFER_STANDS, can_be_asked_about
from scheduling.waitlist.offering import offer_by_hand
from scheduling.waitlist.reach import why_no_texts, why_unreachable
from scheduling.waitlist.selectors import WaitlistFilters, get_entry, recovered_this_month, waitlist_page
from voxanne.clock import now
from voxanne.cursors import decode_cursor
from voxanne.errors import DomainError, NotFound

# As many as fit on a page to choose from.
MOST_SLOTS = 24


@require_safe
@require_permission("appointments:read")
def waitlist(request: OrgRequest) -> HttpResponse:
    """Who waits, longest first; or who did."""
    filters = WaitlistFilterForm(request.GET).filters()
    after = decode_cursor(request.GET.get("cursor", ""))
    down_to = decode_cursor(request.GET.get("shown", ""))
    page = waitlist_page(org=request.org, filters=filters, after=after, down_to=down_to)
    here, query = reverse("scheduling:waitlist"), filters.as_query()
    next_cursor = page.next_cursor.encode() if page.next_cursor else ""
    context = {
        "rows": page.rows,
        "next_url": _address(here, {**query, "cursor": next_cursor}) if next_cursor else "",
        "live_url": _address(here, {**query, "shown": next_cursor} if next_cursor else query),
        "count": page.count,
        "filters": filters,
        "view": "past" if filters.shows_past else "waiting",
        "services": list(Service.objects.filter(is_active=True).order_by("name")),
        "recovered": recovered_this_month(org=request.org),
        "no_texts": why_no_texts(request.org),
        "stale_calendars": calendar_health(request.org).stale,
        "is_narrowed": filters != WaitlistFilters(shows_past=filters.shows_past),
    }
    with timezone.override(request.org.zone):
        return render(request, _template(request, is_continued=after is not None), context)


@require_http_methods(["GET", "HEAD", "POST"])
@require_permission("appointments:write")
def new(request: OrgRequest) -> HttpResponse:
    """Put somebody on the list; sent twice, they stand there once."""
    if request.method != "POST":
        today = now().astimezone(request.org.zone).date()
        return _render(request, "new", {"form": NewEntryForm(initial={"first_day": today})})
    form = NewEntryForm(request.POST)
    if form.is_valid():
        try:
            with org_tx():
                entry = join_waitlist(org=request.org, waiting=form.waiting(), actor=request.actor)
            messages.success(request, f"{entry.who} is on the waiting list.")
            return redirect("scheduling:waitlist")
        except DomainError as refused:
            form.refuse(refused)
    return _render(request, "new", {"form": form}, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@require_permission("appointments:write")
def entry(request: OrgRequest, entry_id: UUID) -> HttpResponse:
    """What somebody waits for, and changing it."""
    row = get_entry(entry_id)
    if request.method != "POST":
        return _render_entry(request, row, WishForm(initial=initial_wish(row)))
    form = WishForm(request.POST)
    if form.is_valid():
        try:
            with org_tx():
                change_entry(org=request.org, entry_id=entry_id, change=form.wish(), actor=request.actor)
            messages.success(request, "Saved.")
            return redirect("scheduling:waitlist")
        except NotFound:
            raise
        except DomainError as refused:
            form.refuse(refused)
    return _render_entry(request, row, form, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@require_permission("appointments:write")
def offer(request: OrgRequest, entry_id: UUID) -> HttpResponse:
    """Ask somebody about a free time that a colleague chooses."""
    row = get_entry(entry_id)
    slots = _offerable(request, row)
    if request.method == "POST":
        chosen = next((slot for slot in slots if _key(slot) == request.POST.get("slot")), None)
        try:
            if chosen is None:
                raise NotFound("That time is not free any more. Choose another.")
            with org_tx():
                offer_by_hand(org=request.org, entry_id=entry_id, slot=chosen, actor=request.actor)
            messages.success(
                request, f"{row.who} is being asked about {say_moment(chosen.starts_at, request.org.zone)}."
            )
            return redirect("scheduling:waitlist")
        except DomainError as refused:
            messages.error(request, refused.message)
            return redirect("scheduling:waitlist_offer", entry_id)
    context = {
        "entry": row,
        "slots": [(_key(slot), slot) for slot in slots],
        "problem": why_unreachable(row.contact) or why_no_texts(request.org),
        "minutes": int(OFFER_STANDS.total_seconds() // 60),
    }
    return _render(request, "offer", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require_permission("appointments:write")
def remove(request: OrgRequest, entry_id: UUID) -> HttpResponse:
    """Ask, then take somebody off the list."""
    if request.method != "POST":
        return _render(request, "remove", {"entry": get_entry(entry_id)})
    with org_tx():
        take_off(org=request.org, entry_id=entry_id, actor=request.actor)
    messages.success(request, "Taken off the waiting list.")
    return redirect("scheduling:waitlist")


def _offerable(request: OrgRequest, row: WaitlistEntry) -> list[Slot]:
    """The free times that somebody waits for and could still answer about."""
    part = None if row.part_of_day == WantedPart.ANY else PartOfDay(row.part_of_day)
    found = find_slots(
        org=request.org,
        first_day=row.first_day,
        last_day=row.last_day,
        service=row.service,
        part_of_day=part,
        practitioner=row.practitioner,
        limit=None,
    )
    rules = VisitRules.of(row.service)
    return [slot for slot in found if can_be_asked_about(slot.starts_at, rules)][:MOST_SLOTS]


def _key(slot: Slot) -> str:
    """A slot as the form names it."""
    return f"{slot.starts_at.isoformat()}|{slot.practitioner_id}"


def _render_entry(request: OrgRequest, row: WaitlistEntry, form: WishForm, *, status: int = 200) -> HttpResponse:
    context = {"entry": row, "form": form, "unreachable": why_unreachable(row.contact)}
    return _render(request, "entry", context, status=status)


def _render(request: OrgRequest, name: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    with timezone.override(request.org.zone):
        return render(request, f"scheduling/waitlist/{name}.html", context, status=status)


def _template(request: OrgRequest, *, is_continued: bool) -> str:
    if not request.headers.get("HX-Request") or request.headers.get("HX-History-Restore-Request"):
        return "scheduling/waitlist/list.html"
    return f"scheduling/waitlist/{'_more' if is_continued else '_rows'}.html"


def _address(here: str, query: dict[str, str]) -> str:
    return f"{here}?{urlencode(query)}" if query else here
