"""What the pages about people show."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from orgs.models import Invitation, Membership, Role
from voxanne.clock import now


@dataclass(frozen=True)
class Person:
    """Of a colleague, what others may see."""

    full_name: str
    email: str


@dataclass(frozen=True)
class TeamMember:
    """A row of the team page."""

    id: UUID
    user: Person
    role: Role
    is_self: bool
    is_last_owner: bool


@dataclass(frozen=True)
class InvitationFacts:
    """What an invited person is told before joining."""

    email: str
    role: str
    org_name: str
    invited_by_name: str
    expires_at: datetime


def list_members(*, viewer_id: UUID | None) -> list[TeamMember]:
    """The active members of the scope's organisation, owners first. One query."""
    rows = list(
        Membership.objects.filter(is_active=True).order_by("created_at").values_list(
            "id", "role", "user_id", "user__full_name", "user__email"
        )
    )  # fmt: skip
    owners = sum(role == Role.OWNER for _, role, *_ in rows)
    rank = {role: place for place, role in enumerate(Role.values)}
    return [
        TeamMember(
            id=member_id,
            user=Person(full_name=full_name, email=email),
            role=Role(role),
            is_self=user_id == viewer_id,
            is_last_owner=role == Role.OWNER and owners == 1,
        )
        for member_id, role, user_id, full_name, email in sorted(rows, key=lambda row: rank[row[1]])
    ]


def list_open_invitations() -> list[Invitation]:
    """Invitations that still work, newest first. One query."""
    return list(Invitation.objects.filter(accepted_at__isnull=True, expires_at__gt=now()).order_by("-created_at"))


def list_admin_addresses() -> list[str]:
    """Where the scope's owners and admins are told what concerns the whole clinic. Inside org_tx, one query."""
    members = Membership.objects.filter(is_active=True, role__in=(Role.OWNER, Role.ADMIN), user__is_active=True)
    return list(members.order_by("created_at").values_list("user__email", flat=True))
