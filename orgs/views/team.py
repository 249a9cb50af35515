"""Members, their roles, and invitations."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from orgs import invitation_mail, selectors, services
from orgs.forms import InviteForm
from orgs.middleware import OrgRequest
from orgs.models import Role
from orgs.permissions import opens_own_transactions, require_fresh_sign_in, require_permission
from orgs.scope import org_tx
from voxanne.errors import BadInput, DomainError


@require_GET
@require_permission("team:read")
def team(request: OrgRequest) -> HttpResponse:
    """Who works here, and who was invited."""
    return _page(request, InviteForm(roles=_roles_given_by(request)))


@require_POST
@require_permission("team:write")
@require_fresh_sign_in
@opens_own_transactions
def invite(request: OrgRequest) -> HttpResponse:
    """Invite an address. Inviting it again replaces the link before."""
    form = InviteForm(request.POST, roles=_roles_given_by(request))
    if not form.is_valid():
        return _refused(request, form)
    try:
        invitation, token = services.invite_member(
            org=request.org,
            email=form.cleaned_data["email"],
            role=Role(form.cleaned_data["role"]),
            actor=request.actor,
        )
    except DomainError as refused:
        form.add_error("email", refused.message)
        return _refused(request, form)
    if invitation_mail.send(org=request.org, invitation=invitation, token=token, inviter=str(request.user)):
        messages.success(request, f"Invitation sent to {invitation.email}.")
    else:
        messages.error(request, "The invitation could not be sent. Invite the same address again in a minute.")
    return redirect("orgs:team")


@require_POST
@require_permission("team:write")
def revoke_invitation(request: OrgRequest, invitation_id: UUID) -> HttpResponse:
    """Withdraw an invitation."""
    services.revoke_invitation(invitation_id=invitation_id, actor=request.actor)
    messages.success(request, "Invitation withdrawn.")
    return redirect("orgs:team")


@require_POST
@require_permission("team:write")
def change_role(request: OrgRequest, membership_id: UUID) -> HttpResponse:
    """Give a member another role."""
    wanted = request.POST.get("role", "")
    if wanted not in Role.values:
        raise BadInput("Choose a role: owner, admin or member.")
    return _act(
        request,
        lambda: services.change_role(membership_id=membership_id, role=Role(wanted), actor=request.actor),
        "Role changed.",
    )


@require_POST
@require_permission("team:write")
def remove_member(request: OrgRequest, membership_id: UUID) -> HttpResponse:
    """End a membership."""
    return _act(
        request, lambda: services.remove_member(membership_id=membership_id, actor=request.actor), "Member removed."
    )


def _act(request: OrgRequest, act: Callable[[], object], success: str) -> HttpResponse:
    """Do it and go back to the page; a conflict is told there rather than on an error page."""
    try:
        act()
    except DomainError as refused:
        if refused.http_status != 409 or request.headers.get("HX-Request"):
            raise
        messages.error(request, refused.message)
    else:
        messages.success(request, success)
    return redirect("orgs:team")


def _roles_given_by(request: OrgRequest) -> list[tuple[str, str]]:
    """The roles that this person may give: only an owner makes owners."""
    return [
        (value, str(label))
        for value, label in Role.choices
        if value != Role.OWNER or request.membership.role == Role.OWNER
    ]


def _refused(request: OrgRequest, form: InviteForm) -> HttpResponse:
    with org_tx():
        return _page(request, form, status=422)


def _page(request: OrgRequest, form: InviteForm, status: int = 200) -> HttpResponse:
    context = {
        "members": selectors.list_members(viewer_id=request.actor.user_id),
        "roles": _roles_given_by(request),
        "invitations": selectors.list_open_invitations(),
        "invite_form": form,
    }
    return render(request, "orgs/team.html", context, status=status)
