"""The list of leads, as a page and as a file, and adding one."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from contacts.changing import create_contact
from contacts.errors import NumberTaken
from contacts.forms import LeadFilterForm, LeadForm
from contacts.lead_list import LeadFilters, LeadStats, lead_stats, list_leads
from contacts.lead_order import LeadSort, decode_lead_cursor
from contacts.models import LeadStatus, LeadTemperature
from contacts.views.faces import is_fragment
from contacts.wishes import new_key
from orgs import audit
from orgs.middleware import OrgRequest
from orgs.models import Organization
from orgs.permissions import gives_a_file, require_fresh_sign_in, require_permission
from orgs.scope import org_scope, org_tx
from voxanne.clock import now
from voxanne.errors import DomainError
from voxanne.money import to_amount
from voxanne.spreadsheets import csv_response
from voxanne.ui.figures import Stat

EXPORT_BATCH = 1000
_COLUMNS = (
    "Name", "Phone", "Email", "Stage", "Score", "Temperature", "Value", "Currency", "Last contact", "First known",
)  # fmt: skip


@require_safe
@require_permission("contacts:read")
def lead_list(request: OrgRequest) -> HttpResponse:
    """All contacts, the most promising first, narrowed by what stands in the address."""
    filters = LeadFilterForm(request.GET).filters()
    after = decode_lead_cursor(request.GET.get("cursor", ""), sort=filters.sort)
    shown = decode_lead_cursor(request.GET.get("shown", ""), sort=filters.sort)
    page = list_leads(filters=filters, after=after, down_to=shown)
    here, query = reverse("contacts:leads"), filters.as_query()
    next_cursor = page.next_cursor.encode() if page.next_cursor else ""
    context = {
        "rows": page.rows,
        "filters": filters,
        "next_url": f"{here}?{urlencode({**query, 'cursor': next_cursor})}" if next_cursor else "",
        "live_url": f"{here}?{urlencode({**query, 'shown': next_cursor} if next_cursor else query)}",
    }
    if is_fragment(request):
        return render(request, "contacts/_more_leads.html" if after else "contacts/_leads.html", context)
    return render(request, "contacts/leads.html", {**context, **_around()})


@require_http_methods(["GET", "HEAD", "POST"])
@require_permission("contacts:read", post="contacts:write")
def new(request: OrgRequest) -> HttpResponse:
    """Somebody whom the clinic knows from elsewhere."""
    key = request.POST.get("key", "") or new_key()
    if request.method != "POST":
        return _new(request, LeadForm(initial={"lead_status": LeadStatus.NEW}), key)
    form = LeadForm(request.POST)
    if not form.is_valid():
        return _new(request, form, key, status=422)
    try:
        contact = create_contact(org=request.org, facts=form.cleaned_data, key=key, actor=request.actor)
    except DomainError as refused:
        form.refuse(refused)
        taken_by = refused.context["contact_id"] if isinstance(refused, NumberTaken) else None
        return _new(request, form, key, status=422, taken_by=taken_by)
    messages.success(request, "Added.")
    return redirect("contacts:lead", contact.pk)


@require_safe
@require_permission("contacts:read")
@require_fresh_sign_in
@gives_a_file
def export(request: OrgRequest) -> StreamingHttpResponse:
    """What the list shows, as a file: everything that matches, in the list's order."""
    filters = LeadFilterForm(request.GET).filters()
    audit.record(request.actor, "contacts.exported", None, filters=list(filters.as_query()))
    day = now().astimezone(request.org.zone).date()
    rows = _export_rows(request.org, filters)
    return csv_response(filename=f"leads-{day.isoformat()}.csv", header=_COLUMNS, rows=rows)


def _export_rows(org: Organization, filters: LeadFilters) -> Iterator[tuple[object, ...]]:
    """Read while it is sent, a batch and a transaction at a time."""
    after, is_begun = None, False
    while after is not None or not is_begun:
        with org_scope(org), org_tx():
            page = list_leads(filters=filters, after=after, size=EXPORT_BATCH)
        for row in page.rows:
            contact = row.contact
            heard = contact.last_contacted_at
            yield (
                contact.name,
                contact.phone,
                contact.email,
                LeadStatus(contact.lead_status).label,
                contact.lead_score,
                LeadTemperature(contact.lead_temperature).label,
                "" if row.worth is None else to_amount(row.worth, org.currency),
                "" if row.worth is None else org.currency,
                f"{heard.astimezone(org.zone):%Y-%m-%d %H:%M}" if heard else "",
                f"{contact.created_at.astimezone(org.zone):%Y-%m-%d %H:%M}",
            )
        after, is_begun = page.next_cursor, True


def _around() -> dict[str, Any]:
    """What the page has beside the rows."""
    return {
        "stats": _stats(lead_stats()),
        "stages": list(LeadStatus.choices),
        "temperatures": list(LeadTemperature.choices),
        "sorts": list(LeadSort.choices),
    }


def _stats(counts: LeadStats) -> list[Stat]:
    return [
        Stat(label="Leads", value=f"{counts.total:,}", note="Everybody you know"),
        Stat(label="Hot", value=f"{counts.hot:,}", note="Score 70 and above"),
        Stat(label="Warm", value=f"{counts.warm:,}", note="Score 40 to 69"),
        Stat(label="Cold", value=f"{counts.cold:,}", note="Score below 40"),
    ]


def _new(request: OrgRequest, form: LeadForm, key: str, *, status: int = 200, **more: Any) -> HttpResponse:
    return render(request, "contacts/new.html", {"form": form, "key": key, **more}, status=status)
