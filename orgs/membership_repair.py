"""Finding and mending what keeps people out of their clinics, or clinics without an owner."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef

from orgs import audit
from orgs.actors import Actor
from orgs.models import Membership, Organization, Role, User
from orgs.scope import org_scope, org_tx, service_tx
from voxanne.errors import NotFound


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, and who could mend it."""

    org_id: UUID
    org_name: str
    problem: str
    heir_id: UUID | None = None


def find_ownerless() -> list[Finding]:
    """Organisations without an active owner, each with the member who would become one: the longest-standing admin."""
    owners = Membership.across_orgs.filter(org_id=OuterRef("pk"), role=Role.OWNER, is_active=True, user__is_active=True)
    with service_tx("find organisations without an owner"):
        orgs = list(Organization.objects.filter(~Exists(owners)).order_by("created_at"))
        return [
            Finding(org_id=org.pk, org_name=org.name, problem="has no active owner", heir_id=_find_heir(org.pk))
            for org in orgs
        ]


def make_owner(finding: Finding) -> bool:
    """Give the organisation its owner back; False when nobody is left in it."""
    if finding.heir_id is None:
        return False
    with org_scope(finding.org_id), org_tx():
        membership = Membership.objects.select_for_update().get(pk=finding.heir_id)
        membership.role = Role.OWNER
        membership.save(update_fields=["role", "updated_at"])
        audit.record(Actor.system(finding.org_id), "member.role_changed", membership, role=Role.OWNER.value)
    return True


def ensure_member(*, email: str, org_id: UUID, role: Role) -> Membership:
    """Make a person an active member with this role, whatever stood there before. Safe to run twice.

    Raises:
        NotFound: no such person, or no such organisation.
    """
    user = User.objects.filter(email=email.strip().lower()).first()
    if user is None:
        raise NotFound("There is no account with that address.")
    with org_scope(org_id), org_tx():
        if not Organization.objects.filter(pk=org_id).exists():
            raise NotFound("There is no such organisation.")
        membership, made = Membership.objects.get_or_create(user=user, defaults={"role": role})
        if made or membership.role != role or not membership.is_active:
            membership.role, membership.is_active = role, True
            membership.save(update_fields=["role", "is_active", "updated_at"])
            audit.record(Actor.system(org_id), "member.repaired", membership, role=role.value)
    return membership


def _find_heir(org_id: UUID) -> UUID | None:
    rows = Membership.across_orgs.filter(org_id=org_id, is_active=True, user__is_active=True)
    ranked = sorted(rows, key=lambda row: (row.role != Role.ADMIN, row.created_at))
    return ranked[0].pk if ranked else None
