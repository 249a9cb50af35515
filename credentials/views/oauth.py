"""To a calendar provider's page, and back. The provider sends people to the API's address; a page receives them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from credentials import oauth
from credentials.calendars import CALENDARS
from credentials.errors import NotConnected
from credentials.slugs import access_provider, slug_of
from credentials.types import Provider
from orgs.middleware import OrgRequest
from orgs.permissions import opens_own_transactions, require_fresh_sign_in, require_permission
from voxanne.errors import NotFound

# What ties an attempt to this browser. It survives a new session key, not a sign-out.
BROWSER = "oauth_browser"
ANSWERED = ("code", "state", "error")
MAX_ANSWER = 4096


def begin_in_browser(request: OrgRequest, provider: Provider) -> str:
    """Begin an attempt that only this browser can finish; the provider's address."""
    browser: str = request.session.setdefault(BROWSER, oauth.new_browser_mark())
    return oauth.begin(org=request.org, provider=provider, actor=request.actor, browser=browser)


@require_GET
@require_permission("credentials:write")
@require_fresh_sign_in
@opens_own_transactions
def connect(request: OrgRequest, provider: str) -> HttpResponse:
    """Go to the provider."""
    known = _access_calendar(provider)
    if not oauth.is_offered(known):
        raise NotConnected(known)
    return HttpResponseRedirect(begin_in_browser(request, known))


@require_GET
def callback(request: HttpRequest, provider: str) -> HttpResponse:
    """Where the provider sends people back to: hands its answer to the page that asks who is there."""
    slug = slug_of(_access_calendar(provider))
    answer = request.GET.copy()
    for name in set(answer) - set(ANSWERED):
        del answer[name]
    return redirect(f"{reverse('credentials:returned', args=[slug])}?{answer.urlencode()}")


@require_GET
@require_permission("credentials:write")
@opens_own_transactions
def returned(request: OrgRequest, provider: str) -> HttpResponse:
    """Finish the connection, or say what happened and what to do."""
    known = _access_calendar(provider)
    answer = {name: request.GET.get(name, "")[:MAX_ANSWER] for name in ANSWERED}
    browser = request.session.get(BROWSER, "")
    try:
        oauth.finish(org=request.org, provider=known, actor=request.actor, browser=browser, answer=answer)
    except oauth.NotGranted as refused:
        context = {"provider": known, "slug": slug_of(known), "refused": refused}
        return render(request, "credentials/not_granted.html", context, status=refused.status)
    messages.success(request, f"{known.label} is connected.")
    return redirect("credentials:integrations")


def _access_calendar(slug: str) -> Provider:
    provider = access_provider(slug)
    if provider not in CALENDARS:
        raise NotFound
    return provider
