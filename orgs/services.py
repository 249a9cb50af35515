"""Making organisations, and the people in them."""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.utils.text import slugify

from orgs import audit
from orgs.actors import Actor, ActorKind
from orgs.errors import AlreadyMember, InvitationUnusable, LastOwner
from orgs.models import IntegrationSettings, Invitation, Membership, Organization, Role, User
from orgs.scope import org_scope, org_tx
from orgs.selectors import InvitationFacts
from voxanne.clock import now
from voxanne.errors import BadInput, NotFound
from voxanne.ids import uuid7

# Higher rooms add what a new clinic starts with (services, hours, agents) by registering here in their apps.py.
_seeders: dict[Callable[[Organization], None], int] = {}
_profile_watchers: list[Callable[[Organization], None]] = []


def register_seeder(seeder: Callable[[Organization], None], *, order: int = 50) -> None:
    """Have `seeder(org)` run inside the transaction that creates an organisation. Registering twice counts once."""
    _seeders[seeder] = order


def register_profile_watcher(watcher: Callable[[Organization], None]) -> None:
    """Have `watcher(org)` run inside the transaction that changes a clinic's name, address, zone or number."""
    if watcher not in _profile_watchers:
        _profile_watchers.append(watcher)


@dataclass(frozen=True)
class NewOrganization:
    """What a person has to say to open a clinic."""

    name: str
    country: str = "GB"
    timezone: str = "Europe/London"
    currency: str = "GBP"


def create_organization(*, new: NewOrganization, owner: User) -> Organization:
    """Make an organisation with its owner, settings and everything a new clinic starts with, all or nothing.

    The caller may hold a transaction (sign-up does); the person must exist in it already.
    """
    org = Organization(id=uuid7(), name=new.name, country=new.country, timezone=new.timezone, currency=new.currency)
    org.slug = f"{slugify(new.name)[:100] or 'clinic'}-{org.pk.hex[-6:]}"
    with org_scope(org), org_tx():
        org.save(force_insert=True)
        Membership.objects.create(user=owner, role=Role.OWNER)
        IntegrationSettings.objects.create()
        for seed in sorted(_seeders, key=_seeders.__getitem__):
            seed(org)
        actor = Actor(kind=ActorKind.USER, org_id=org.pk, user_id=owner.pk, role=Role.OWNER)
        audit.record(actor, "organization.created", org)
    return org


def invite_member(*, org: Organization, email: str, role: Role, actor: Actor) -> tuple[Invitation, str]:
    """Make an invitation and its token (shown to nobody but the mail); an open one for the address is replaced.

    Raises:
        AlreadyMember: the address belongs to an active member.
        BadInput: the actor may not give a role above the own one.
    """
    email = email.strip().lower()
    _refuse_higher_role(actor, role)
    token = secrets.token_urlsafe(32)
    with org_tx():
        if Membership.objects.filter(user__email__iexact=email, is_active=True).exists():
            raise AlreadyMember
        Invitation.objects.filter(email__iexact=email, accepted_at__isnull=True).delete()
        invitation = Invitation.objects.create(
            email=email, role=role, token_hash=hash_token(token), invited_by_id=actor.user_id
        )
        audit.record(actor, "member.invited", invitation, role=role.value)
    return invitation, token


def revoke_invitation(*, invitation_id: UUID, actor: Actor) -> None:
    """Withdraw an invitation. Withdrawing it twice, or after it was used, changes nothing."""
    with org_tx():
        invitation = Invitation.objects.filter(pk=invitation_id, accepted_at__isnull=True).first()
        if invitation is not None:
            audit.record(actor, "member.invitation_withdrawn", invitation)
            invitation.delete()


def describe_invitation(*, token: str) -> InvitationFacts:
    """What an open invitation says, in the scope's organisation.

    Raises:
        InvitationUnusable: unknown, used or expired: the three look alike.
    """
    with org_tx():
        facts = (
            Invitation.objects.filter(token_hash=hash_token(token), accepted_at__isnull=True, expires_at__gt=now())
            .values_list("email", "role", "org__name", "invited_by__full_name", "expires_at")
            .first()
        )
    if facts is None:
        raise InvitationUnusable
    email, role, org_name, invited_by_name, expires_at = facts
    return InvitationFacts(
        email=email, role=role, org_name=org_name, invited_by_name=invited_by_name or "", expires_at=expires_at
    )


def accept_invitation(*, token: str, user: User, ip: str | None = None) -> Membership:
    """Make the invited person a member, once; the link works for the invited address only.

    Raises:
        InvitationUnusable: used, expired, or for another address.
    """
    with org_tx():
        invitation = (
            Invitation.objects.select_for_update()
            .filter(token_hash=hash_token(token), accepted_at__isnull=True)
            .first()
        )
        if invitation is None or not invitation.is_open or invitation.email.lower() != user.email.lower():
            raise InvitationUnusable
        invitation.accepted_at = now()
        invitation.save(update_fields=["accepted_at", "updated_at"])
        membership, made = Membership.objects.get_or_create(user=user, defaults={"role": invitation.role})
        if not made and not membership.is_active:
            membership.role, membership.is_active = invitation.role, True
            membership.save(update_fields=["role", "is_active", "updated_at"])
        actor = Actor(kind=ActorKind.USER, org_id=invitation.org_id, user_id=user.pk, role=Role(membership.role), ip=ip)
        audit.record(actor, "member.joined", membership, role=membership.role)
    return membership


def join_with_new_account(*, token: str, full_name: str, password: str, ip: str | None = None) -> User:
    """Make an account for the invited address and accept with it, all or nothing. No clinic is opened.

    The link came by mail, so the address counts as confirmed.

    Raises:
        InvitationUnusable: used or expired; AlreadyMember: the address has an account, which has to sign in instead.
    """
    facts = describe_invitation(token=token)
    try:
        with transaction.atomic():
            user = User.objects.create_user(email=facts.email, password=password, full_name=full_name)
            EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
            accept_invitation(token=token, user=user, ip=ip)
    except IntegrityError as error:
        raise AlreadyMember("There is an account with this address already. Sign in to join.") from error
    return user


def update_profile(*, org: Organization, actor: Actor) -> None:
    """Save what the clinic says of itself (name, address, time zone, phone), checked by its form."""
    with org_tx():
        org.save(update_fields=["name", "address", "timezone", "phone"])
        audit.record(actor, "organization.profile_changed", org)
        for watch in _profile_watchers:
            watch(org)


def change_role(*, membership_id: UUID, role: Role, actor: Actor) -> Membership:
    """Give a member another role.

    Raises:
        LastOwner: it would leave the organisation without an owner.
        BadInput: the actor may not give or take a role above the own one.
        NotFound: no such member here.
    """
    with org_tx():
        membership = _lock_member(membership_id)
        if membership.role == role:
            return membership
        _refuse_higher_role(actor, role)
        _refuse_higher_role(actor, Role(membership.role))
        if membership.role == Role.OWNER and role != Role.OWNER:
            _refuse_without_owner(membership)
        membership.role = role
        membership.save(update_fields=["role", "updated_at"])
        audit.record(actor, "member.role_changed", membership, role=role.value)
    return membership


def remove_member(*, membership_id: UUID, actor: Actor) -> Membership:
    """End a membership; the person's sessions and tokens stop working for this organisation with the next request.

    Raises:
        LastOwner, BadInput, NotFound: as `change_role`.
    """
    with org_tx():
        membership = _lock_member(membership_id)
        _refuse_higher_role(actor, Role(membership.role))
        if membership.role == Role.OWNER:
            _refuse_without_owner(membership)
        membership.is_active = False
        membership.save(update_fields=["is_active", "updated_at"])
        audit.record(actor, "member.removed", membership)
    return membership


def hash_token(token: str) -> str:
    """SHA-256 of a random token: enough for 256 random bits, and comparable in SQL."""
    return hashlib.sha256(token.encode()).hexdigest()


def _lock_member(membership_id: UUID) -> Membership:
    # Every active owner is locked together, so that two owners cannot remove each other at once.
    list(
        Membership.objects.select_for_update().filter(role=Role.OWNER, is_active=True).order_by("id").values_list("id")
    )
    membership = Membership.objects.select_for_update().filter(pk=membership_id, is_active=True).first()
    if membership is None:
        raise NotFound
    return membership


def _refuse_without_owner(membership: Membership) -> None:
    if not Membership.objects.filter(role=Role.OWNER, is_active=True).exclude(pk=membership.pk).exists():
        raise LastOwner


def _refuse_higher_role(actor: Actor, role: Role) -> None:
    if actor.kind is ActorKind.USER and role == Role.OWNER and actor.role != Role.OWNER:
        raise BadInput("Only an owner can make or change an owner.")
