"""From a person to an organisation: which one is active, may they do this, and the transaction around the view."""

from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

import structlog
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse
from django.utils.functional import SimpleLazyObject

from orgs.actors import Actor, ActorKind
from orgs.api.tokens import find_bearer_identity
from orgs.errors import NotAMember
from orgs.models import Organization, Role
from orgs.permissions import find_declared, is_allowed
from orgs.querysets import MembershipFact, memberships_of
from orgs.scope import org_scope, org_tx
from voxanne.clock import now
from voxanne.errors import Forbidden, NotSignedIn
from voxanne.transactions import abandon_open_transaction
from voxanne.views import render_domain_error

ACTIVE_ORG = "active_org_id"
LAST_SEEN = "last_seen"
GetResponse = Callable[[HttpRequest], HttpResponse]


class OrgRequest(HttpRequest):
    """A request whose organisation and permission are settled: what views with `require_permission` receive."""

    org: Organization
    actor: Actor
    membership: MembershipFact
    memberships: list[MembershipFact]


class IdleSessionMiddleware:
    """Sign out a session after the configured silence (HIPAA's automatic log-off)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.COOKIES.get(settings.SESSION_COOKIE_NAME) and request.user.is_authenticated:
            seen = int(now().timestamp())
            last = request.session.get(LAST_SEEN, seen)
            if seen - last > settings.SESSION_IDLE_MINUTES * 60:
                logout(request)
            elif seen - last > 60 or LAST_SEEN not in request.session:
                request.session[LAST_SEEN] = seen
        return self.get_response(request)


class OrgMiddleware:
    """Settle organisation and permission for views that declare one, and hold their transaction.

    The identity (session, user, memberships) is read before the tenant role is taken; the session is saved after it.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.memberships = SimpleLazyObject(lambda: _memberships(request))  # type: ignore[attr-defined]
        permission, needs_tx = _declared(request)
        if permission is None:
            return self.get_response(request)
        try:
            _settle(request, permission)
        except (NotSignedIn, NeedsChoice) as reason:
            return _send_elsewhere(request, reason)
        except Forbidden as refused:
            return render_domain_error(request, refused)
        org_request = cast(OrgRequest, request)
        with org_scope(org_request.org), structlog.contextvars.bound_contextvars(user=str(org_request.actor.user_id)):
            if not needs_tx:
                return self.get_response(request)
            with org_tx():
                return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """An error page must not commit half a request."""
        abandon_open_transaction()


class NeedsChoice(Exception):
    """The person belongs to several organisations and has not said which, or to none."""


def _declared(request: HttpRequest) -> tuple[str | None, bool]:
    try:
        match = resolve(request.path_info)
    except Resolver404:
        return None, False
    view: Any = match.func
    return find_declared(view, request.method or "GET"), not getattr(view, "opens_own_transactions", False)


def _memberships(request: HttpRequest) -> list[MembershipFact]:
    return memberships_of(request.user.pk) if request.user.is_authenticated else []


def _settle(request: HttpRequest, permission: str) -> None:
    identity = find_bearer_identity(request)
    if identity is not None:
        memberships = memberships_of(identity.user_id)
        request.memberships = memberships  # type: ignore[attr-defined]
        membership = _by_org(memberships, identity.org_id)
        if membership is None:
            raise NotSignedIn("Your access to this organisation has ended.")
        user_id = identity.user_id
    else:
        if not request.user.is_authenticated:
            raise NotSignedIn
        membership, user_id = _active_membership(request), cast(UUID, request.user.pk)
    org_request = cast(OrgRequest, request)
    org_request.org, org_request.membership = membership.org, membership
    org_request.actor = Actor(
        kind=ActorKind.USER,
        org_id=membership.org_id,
        user_id=user_id,
        role=Role(membership.role),
        ip=request.META.get("REMOTE_ADDR"),
    )
    if not is_allowed(membership.role, permission):
        raise Forbidden


def _active_membership(request: HttpRequest) -> MembershipFact:
    memberships: list[MembershipFact] = list(request.memberships)  # type: ignore[attr-defined]
    chosen = request.session.get(ACTIVE_ORG)
    if chosen and (membership := _by_org(memberships, UUID(chosen))):
        return membership
    if chosen:
        del request.session[ACTIVE_ORG]
    if len(memberships) == 1:
        request.session[ACTIVE_ORG] = str(memberships[0].org_id)
        return memberships[0]
    raise NeedsChoice


def _by_org(memberships: list[MembershipFact], org_id: UUID) -> MembershipFact | None:
    return next((membership for membership in memberships if membership.org_id == org_id), None)


def switch_organisation(request: HttpRequest, org_id: UUID) -> MembershipFact:
    """Make another of the person's organisations the active one, under a fresh session key.

    Raises:
        NotAMember: the person does not belong to it.
    """
    membership = _by_org(list(request.memberships), org_id)  # type: ignore[attr-defined]
    if membership is None:
        raise NotAMember
    request.session[ACTIVE_ORG] = str(org_id)
    request.session.cycle_key()
    return membership


def _send_elsewhere(request: HttpRequest, reason: Exception) -> HttpResponse:
    wants_page = request.method == "GET" and not request.path.startswith("/api/")
    if isinstance(reason, NeedsChoice):
        if wants_page:
            return redirect("orgs:choose")
        return render_domain_error(request, Forbidden("Choose an organisation first."))
    if wants_page:
        return redirect(f"{reverse(settings.LOGIN_URL)}?next={request.get_full_path()}")
    return render_domain_error(request, cast(NotSignedIn, reason))
