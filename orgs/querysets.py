"""Questions about people and organisations."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from orgs.models import Membership, Organization, Role
from orgs.scope import user_tx


@dataclass(frozen=True)
class MembershipFact:
    """One organisation that a person belongs to, as the switcher and the middleware need it."""

    org_id: UUID
    org_name: str
    role: Role
    membership_id: UUID
    org: Organization


def memberships_of(user_id: UUID) -> list[MembershipFact]:
    """The active memberships of a person, by name of the organisation. One query in its own short transaction.

    A person whose account is closed has none.
    """
    with user_tx(user_id):
        rows = list(
            Membership.across_orgs.filter(user_id=user_id, is_active=True, user__is_active=True)
            .select_related("org")
            .order_by("org__name", "org_id")
        )
    return [
        MembershipFact(org_id=row.org_id, org_name=row.org.name, role=Role(row.role), membership_id=row.pk, org=row.org)
        for row in rows
    ]


def find_membership(*, user_id: UUID, org_id: UUID) -> MembershipFact | None:
    """A person's active membership of one organisation."""
    return by_org(memberships_of(user_id), org_id)


def by_org(memberships: Iterable[MembershipFact], org_id: UUID) -> MembershipFact | None:
    """The one of these memberships that belongs to the organisation."""
    return next((membership for membership in memberships if membership.org_id == org_id), None)
