"""Numbers that we buy for clinics: the list, the search, the purchase, one number, giving it back."""

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agents.managed_numbers.forms import COUNTRIES, AgentChoiceForm, NumberSearchForm
from agents.managed_numbers.offers import PricedNumber, find_offer, read_wish, search
from agents.managed_numbers.ordering import assign_number, order_number, read_number, release_number
from agents.managed_numbers.selectors import get_number, list_lines_leading_to, list_numbers
from agents.selectors import list_agents
from orgs.middleware import OrgRequest
from orgs.permissions import opens_own_transactions, require_permission
from orgs.scope import org_tx
from telephony.models import NumberType
from voxanne.errors import DomainError


@require_permission("telephony:read")
@require_GET
def number_list(request: OrgRequest) -> HttpResponse:
    """The clinic's numbers; an htmx request gets them alone."""
    fragment = "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers
    template = "telephony/numbers/_numbers.html" if fragment else "telephony/numbers/list.html"
    return render(request, template, {"numbers": list_numbers(request.org)})


@require_permission("telephony:write")
@require_GET
@opens_own_transactions
def number_search(request: OrgRequest) -> HttpResponse:
    """What is for sale. Nothing is asked of Twilio before somebody searches."""
    if "country" not in request.GET:
        country = request.org.country if request.org.country in COUNTRIES else "US"
        form = NumberSearchForm(initial={"country": country, "kind": NumberType.LOCAL})
        return render(request, "telephony/numbers/search.html", {"form": form})
    form, found = NumberSearchForm(request.GET), None
    if form.is_valid():
        try:
            found = search(read_wish(**form.cleaned_data))
        except DomainError as refused:
            form.refuse(refused)
    status = 200 if form.is_valid() else 422
    return render(request, "telephony/numbers/search.html", {"form": form, "found": found}, status=status)


@require_permission("telephony:write")
@require_http_methods(["GET", "HEAD", "POST"])
@opens_own_transactions
def number_purchase(request: OrgRequest) -> HttpResponse:
    """Say what a number costs and ask who answers it; then order it."""
    given = request.POST if request.method == "POST" else request.GET
    number, kind = given.get("number", ""), given.get("kind", "")
    with org_tx():
        agents = list_agents(request.org)
    form = AgentChoiceForm(request.POST or None, agents=agents)
    try:
        offer = _offer(number, kind)
        if request.method == "POST" and form.is_valid():
            row = order_number(
                org=request.org, phone_number=number, kind=kind, agent_id=UUID(form.cleaned_data["agent"]),
                actor=request.actor,
            )  # fmt: skip
            return redirect("agents:number", row.pk)
    except DomainError as refused:
        messages.error(request, refused.message)
        return redirect("agents:number_search")
    context = {"form": form, "offer": offer, "back": _search_address(offer)}
    return render(request, "telephony/numbers/buy.html", context, status=422 if request.method == "POST" else 200)


@require_permission("telephony:read")
@require_GET
def number_detail(request: OrgRequest, number_id: UUID) -> HttpResponse:
    """One number: how far it is, what it costs, who answers it. An htmx request gets these facts alone."""
    view = get_number(number_id)
    if "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers:
        return render(request, "telephony/numbers/_number.html", {"number": view})
    form = AgentChoiceForm(agents=list_agents(request.org), initial={"agent": str(view.row.agent_id)})
    return render(request, "telephony/numbers/detail.html", {"number": view, "form": form})


@require_POST
@require_permission("telephony:write")
def number_assignment(request: OrgRequest, number_id: UUID) -> HttpResponse:
    """Have another agent answer."""
    form = AgentChoiceForm(request.POST, agents=list_agents(request.org))
    if not form.is_valid():
        context = {"number": get_number(number_id), "form": form}
        return render(request, "telephony/numbers/detail.html", context, status=422)
    assign_number(org=request.org, number_id=number_id, agent_id=UUID(form.cleaned_data["agent"]), actor=request.actor)
    messages.success(request, "Saved. Calls follow within a minute.")
    return redirect("agents:number", number_id)


@require_permission("telephony:write")
@require_http_methods(["GET", "HEAD", "POST"])
def number_release(request: OrgRequest, number_id: UUID) -> HttpResponse:
    """Ask, then give a number back."""
    if request.method != "POST":
        view = get_number(number_id)
        context = {"number": view, "forwarded": list_lines_leading_to(view.row.phone_number)}
        return render(request, "telephony/numbers/release.html", context)
    release_number(org=request.org, number_id=number_id, actor=request.actor)
    messages.success(request, "The number is being given back.")
    return redirect("agents:numbers")


def _offer(number: str, kind: str) -> PricedNumber:
    return find_offer(number=read_number(number), kind=kind if kind in NumberType.values else NumberType.LOCAL.value)


def _search_address(offer: PricedNumber) -> str:
    return f"{reverse('agents:number_search')}?{urlencode({'country': offer.country, 'kind': offer.kind.value})}"
