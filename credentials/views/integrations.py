"""The integrations page: a card for each provider, its form, Test and Disconnect."""

import json

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from credentials import connections, selectors
from credentials.calendars import CALENDARS
from credentials.errors import CredentialError
from credentials.forms import ProviderForm
from credentials.service import credential_service
from credentials.slugs import access_provider
from credentials.types import Provider
from orgs.middleware import OrgRequest
from orgs.permissions import opens_own_transactions, require_fresh_sign_in, require_permission
from orgs.scope import org_tx
from voxanne.errors import DomainError, NotFound

# Where a person takes our access back that the provider does not let us end.
_BY_HAND = {
    Provider.GOOGLE_CALENDAR: "Google could not be told. Remove Voxanne at myaccount.google.com/connections.",
    Provider.OUTLOOK_CALENDAR: "To take our access back at Microsoft too, remove Voxanne at myapps.microsoft.com.",
}


@require_GET
@require_permission("credentials:read")
def integrations(request: OrgRequest) -> HttpResponse:
    """All providers and how they are; an htmx request gets the cards alone."""
    template = "credentials/_cards.html" if _is_fragment(request) else "credentials/integrations.html"
    return render(request, template, {"cards": selectors.list_cards(request.org)})


@require_http_methods(["GET", "HEAD", "POST"])
@require_permission("credentials:write")
@require_fresh_sign_in
@opens_own_transactions
@sensitive_post_parameters()
def edit(request: OrgRequest, provider: str) -> HttpResponse:
    """Connect one provider, or replace its credentials: a form, or for a calendar the way to its provider."""
    known = access_provider(provider)
    if request.method != "POST":
        return _form_page(request, known, None)
    if known in CALENDARS or not selectors.has_form(known):
        raise NotFound
    form = ProviderForm(request.POST, provider=known, status=credential_service.find_status(request.org.pk, known))
    try:
        connections.connect(org=request.org, provider=known, given=form.given(), actor=request.actor, keep_stored=True)
    except DomainError as refused:
        form.refuse(refused)
        return _form_page(request, known, form, status=refused.http_status if refused.http_status >= 500 else 422)
    messages.success(request, f"{known.label} is connected.")
    return redirect("credentials:integrations")


@require_POST
@require_permission("credentials:write")
@opens_own_transactions
def verify(request: OrgRequest, provider: str) -> HttpResponse:
    """Ask the provider whether what is stored still works, and show the card as it is then."""
    known = access_provider(provider)
    try:
        verdict = connections.verify(org=request.org, provider=known)
    except CredentialError as problem:
        level, words = "error", problem.message
    else:
        level = "success" if verdict.is_valid else "error"
        words = f"{known.label} works." if verdict.is_valid else verdict.error
    if not _is_fragment(request):
        messages.add_message(request, getattr(messages, level.upper()), words)
        return redirect("credentials:integrations")
    with org_tx():
        response = render(request, "credentials/_card.html", {"card": selectors.get_card(request.org, known)})
    response["HX-Trigger"] = json.dumps({"toast": {"level": level, "message": words}})
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@require_permission("credentials:write")
@require_fresh_sign_in
@opens_own_transactions
def disconnect(request: OrgRequest, provider: str) -> HttpResponse:
    """Ask, then end an integration. Vapi carries the calls: it is not ended here."""
    known = access_provider(provider)
    if known is Provider.VAPI:
        raise NotFound
    if request.method != "POST":
        with org_tx():
            card = selectors.get_card(request.org, known)
            return render(request, "credentials/disconnect.html", {"card": card})
    ended = connections.disconnect(org=request.org, provider=known, actor=request.actor)
    messages.success(request, f"{known.label} is disconnected.")
    if not ended:
        messages.warning(request, _BY_HAND[known])
    return redirect("credentials:integrations")


@require_POST
@require_permission("credentials:write")
@require_fresh_sign_in
@opens_own_transactions
def renew_secret(request: OrgRequest) -> HttpResponse:
    """Make a new webhook secret for Vapi; the one before works for a day more."""
    try:
        connections.connect_vapi(org=request.org, given={}, actor=request.actor)
    except CredentialError as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, "New webhook secret made. The old one works until tomorrow.")
    return redirect("credentials:integrations")


def _form_page(request: OrgRequest, provider: Provider, form: ProviderForm | None, status: int = 200) -> HttpResponse:
    with org_tx():
        card = selectors.get_card(request.org, provider)
        stored = credential_service.find_status(request.org.pk, provider)
        if form is None and selectors.has_form(provider):
            form = ProviderForm(provider=provider, status=stored)
        return render(request, "credentials/edit.html", {"card": card, "form": form}, status=status)


def _is_fragment(request: HttpRequest) -> bool:
    return "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers
