"""The page behind an invitation link. It belongs to nobody who is signed in yet, so it opens its own scope."""

from uuid import UUID

from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from orgs import services
from orgs.errors import InvitationUnusable
from orgs.forms import JoinForm
from orgs.middleware import switch_organisation
from orgs.models import User
from orgs.querysets import by_org, memberships_of
from orgs.scope import org_scope
from orgs.selectors import InvitationFacts
from orgs.views.organisations import HOME
from voxanne.client_address import client_ip


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters("password")
def invitation(request: HttpRequest, org_id: UUID, token: str) -> HttpResponse:
    """Show the invitation and accept it: signed in by a button, without an account by name and password."""
    with org_scope(org_id):
        try:
            facts = services.describe_invitation(token=token)
        except InvitationUnusable:
            return _used_up(request, org_id)
        if request.user.is_authenticated:
            return _as_signed_in(request, org_id, token, facts)
        return _as_stranger(request, org_id, token, facts)


def _as_signed_in(request: HttpRequest, org_id: UUID, token: str, facts: InvitationFacts) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    if user.email.lower() != facts.email.lower():
        problem = f"You are signed in as {user.email}. Sign out, then open the link again."
        return _page(request, facts, problem=problem, status=403 if request.method == "POST" else 200)
    if request.method != "POST":
        return _page(request, facts)
    services.accept_invitation(token=token, user=user, ip=client_ip(request))
    return _welcome(request, org_id, facts)


def _as_stranger(request: HttpRequest, org_id: UUID, token: str, facts: InvitationFacts) -> HttpResponse:
    """Who holds the link holds the mailbox, so it may be said whether the address has an account."""
    if User.objects.filter(email=facts.email.lower()).exists():
        query = urlencode({"next": reverse("orgs:invitation", args=[org_id, token])})
        return redirect(f"{reverse('account_login')}?{query}")
    if request.method != "POST":
        return _page(request, facts, form=JoinForm(email=facts.email))
    form = JoinForm(request.POST, email=facts.email)
    if not form.is_valid():
        return _page(request, facts, form=form, status=422)
    user = services.join_with_new_account(
        token=token,
        full_name=form.cleaned_data["full_name"],
        password=form.cleaned_data["password"],
        ip=client_ip(request),
    )
    perform_login(request, Login(user=user, signup=True, redirect_url=HOME))
    return _welcome(request, org_id, facts)


def _welcome(request: HttpRequest, org_id: UUID, facts: InvitationFacts) -> HttpResponse:
    request.memberships = memberships_of(request.user.pk)  # type: ignore[attr-defined, arg-type]
    switch_organisation(request, org_id)
    messages.success(request, f"Welcome to {facts.org_name}.")
    return redirect(HOME)


def _used_up(request: HttpRequest, org_id: UUID) -> HttpResponse:
    if by_org(request.memberships, org_id):  # type: ignore[attr-defined]
        return redirect(HOME)
    return _page(request, None, status=410)


def _page(
    request: HttpRequest,
    facts: InvitationFacts | None,
    *,
    problem: str = "",
    form: JoinForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {"invitation": facts, "problem": problem, "form": form}
    return render(request, "orgs/invitation.html", context, status=status)
