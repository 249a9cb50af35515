"""From a person to an organisation: which one is active, may they do this, and the transaction around the view."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import cast
from urllib.parse import urlencode
from uuid import UUID

import structlog
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse
from django.utils.functional import SimpleLazyObject

from orgs import audit, sessions
from orgs.actors import Actor, ActorKind
from orgs.api.tokens import find_bearer_identity
from orgs.errors import NotAMember, SignInAgain
from orgs.models import Organization, Role
from orgs.permissions import Declaration, declaration_of, is_allowed
from orgs.querysets import MembershipFact, by_org, memberships_of
from orgs.scope import org_scope, org_tx
from voxanne.client_address import client_ip
from voxanne.errors import Forbidden, NotSignedIn
from voxanne.transactions import abandon_open_transaction
from voxanne.views import is_api, render_domain_error

ACTIVE_ORG = "active_org_id"
EMAIL_CONFIRMED = "email_confirmed"
GetResponse = Callable[[HttpRequest], HttpResponse]


class OrgRequest(HttpRequest):
    """A request whose organisation and permission are settled: what views with `require_permission` receive."""

    org: Organization
    actor: Actor
    membership: MembershipFact
    memberships: list[MembershipFact]
    unverified_email: str


class IdleSessionMiddleware:
    """Sign out a session after the configured silence, or at its greatest age (HIPAA's automatic log-off)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.COOKIES.get(settings.SESSION_COOKIE_NAME) and request.user.is_authenticated:
            if sessions.is_worn_out(request):
                logout(request)
                messages.info(request, "You were signed out after a while without activity.")
            else:
                sessions.touch(request)
        return self.get_response(request)


class OrgMiddleware:
    """Settle organisation and permission for views that declare one, and hold their transaction.

    The identity (session, user, memberships) is read before the tenant role is taken; the session is saved after it.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.memberships = SimpleLazyObject(lambda: _memberships(request))  # type: ignore[attr-defined]
        declaration = _declared(request)
        if declaration.permission is None:
            return self.get_response(request)
        try:
            _settle(request, declaration)
        except (NotSignedIn, NeedsChoice) as reason:
            return _send_elsewhere(request, reason)
        except SignInAgain as stale:
            return _ask_for_fresh_sign_in(request, stale, for_a_file=declaration.gives_a_file)
        except Forbidden as refused:
            return render_domain_error(request, refused)
        org_request = cast("OrgRequest", request)
        with ExitStack() as around:
            around.enter_context(org_scope(org_request.org))
            around.enter_context(structlog.contextvars.bound_contextvars(user=str(org_request.actor.user_id)))
            if declaration.holds_transaction:
                around.enter_context(org_tx())
            return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """An error page must not commit half a request."""
        abandon_open_transaction()


class NeedsChoice(Exception):
    """The person belongs to several organisations and has not said which, or to none."""


def _declared(request: HttpRequest) -> Declaration:
    try:
        match = resolve(request.path_info)
    except Resolver404:
        return Declaration()
    return declaration_of(match.func, request.method or "GET")


def _memberships(request: HttpRequest) -> list[MembershipFact]:
    return memberships_of(request.user.pk) if request.user.is_authenticated else []


def _settle(request: HttpRequest, declaration: Declaration) -> None:
    """Put organisation, membership and actor on the request. What pages show of the person is read here as well."""
    membership, user_id = _bearer_membership(request) or _session_membership(request)
    org_request = cast("OrgRequest", request)
    org_request.org, org_request.membership = membership.org, membership
    org_request.actor = Actor(
        kind=ActorKind.USER,
        org_id=membership.org_id,
        user_id=user_id,
        role=Role(membership.role),
        ip=client_ip(request),
    )
    if not is_allowed(membership.role, cast("str", declaration.permission)):
        raise Forbidden
    if request.user.is_authenticated:
        if declaration.needs_fresh_sign_in and not sessions.is_fresh(request):
            raise SignInAgain
        org_request.unverified_email = "" if is_api(request) else _unverified_email(request)


def _bearer_membership(request: HttpRequest) -> tuple[MembershipFact, UUID] | None:
    identity = find_bearer_identity(request)
    if identity is None:
        return None
    memberships = memberships_of(identity.user_id)
    request.memberships = memberships  # type: ignore[attr-defined]
    membership = by_org(memberships, identity.org_id)
    if membership is None:
        raise NotSignedIn("Your access to this organisation has ended.")
    return membership, identity.user_id


def _session_membership(request: HttpRequest) -> tuple[MembershipFact, UUID]:
    if not request.user.is_authenticated:
        raise NotSignedIn
    memberships: list[MembershipFact] = list(request.memberships)  # type: ignore[attr-defined]
    chosen = request.session.get(ACTIVE_ORG)
    membership = by_org(memberships, UUID(chosen)) if chosen else None
    if membership is None:
        if chosen:
            del request.session[ACTIVE_ORG]
        if len(memberships) != 1:
            raise NeedsChoice
        membership = memberships[0]
        request.session[ACTIVE_ORG] = str(membership.org_id)
    return membership, request.user.pk


def _unverified_email(request: HttpRequest) -> str:
    """The address that still has to be confirmed, or empty. Once confirmed, a session does not ask again."""
    if request.session.get(EMAIL_CONFIRMED):
        return ""
    email: str = request.user.email  # type: ignore[union-attr]
    if EmailAddress.objects.filter(user_id=request.user.pk, email=email, verified=True).exists():
        request.session[EMAIL_CONFIRMED] = True
        return ""
    return email


def switch_organisation(request: HttpRequest, org_id: UUID) -> MembershipFact:
    """Make another of the person's organisations the active one, under a fresh session key.

    Raises:
        NotAMember: the person does not belong to it.
    """
    membership = by_org(request.memberships, org_id)  # type: ignore[attr-defined]
    if membership is None:
        raise NotAMember
    if request.session.get(ACTIVE_ORG) == str(org_id):
        return membership
    request.session[ACTIVE_ORG] = str(org_id)
    sessions.rotate(request)
    actor = Actor(
        kind=ActorKind.USER, org_id=org_id, user_id=request.user.pk, role=membership.role, ip=client_ip(request)
    )
    with org_scope(org_id), org_tx():
        audit.record(actor, "organization.opened", membership.org)
    return membership


def _send_elsewhere(request: HttpRequest, reason: Exception) -> HttpResponse:
    wants_page = request.method in {"GET", "HEAD"} and not is_api(request)
    if isinstance(reason, NeedsChoice):
        if wants_page:
            return _go(request, reverse("orgs:choose"))
        return render_domain_error(request, Forbidden("Choose an organisation first."))
    if wants_page:
        return _go(request, _with_next(reverse(settings.LOGIN_URL), request.get_full_path()))
    return render_domain_error(request, cast("NotSignedIn", reason))


def _ask_for_fresh_sign_in(request: HttpRequest, stale: SignInAgain, *, for_a_file: bool) -> HttpResponse:
    """Ask, and go on to what was asked for; for a file to the page that offers it, for a file opens no page."""
    if is_api(request):
        return render_domain_error(request, stale)
    messages.info(request, stale.message)
    is_page = request.method == "GET" and not (for_a_file and request.META.get("HTTP_REFERER"))
    back = request.get_full_path() if is_page else _page_before(request)
    return _go(request, _with_next(reverse("account_reauthenticate"), back))


def _page_before(request: HttpRequest) -> str:
    """The page whose form was sent: on our own host only its path is taken."""
    referer = request.META.get("HTTP_REFERER", "")
    origin = f"{request.scheme}://{request.get_host()}"
    return referer.removeprefix(origin) if referer.startswith(f"{origin}/") else settings.LOGIN_REDIRECT_URL


def _with_next(url: str, back: str) -> str:
    return f"{url}?{urlencode({'next': back})}"


def _go(request: HttpRequest, url: str) -> HttpResponse:
    """A redirect of the whole page, also when a fragment was asked for."""
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = url
        return response
    return redirect(url)
