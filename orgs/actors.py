"""Who does a thing: a person, a provider's webhook, a visitor with a link, or the system itself."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from orgs.models import Role


class ActorKind(StrEnum):
    USER = "user"
    VAPI = "vapi"
    TWILIO = "twilio"
    VISITOR = "visitor"
    SYSTEM = "system"


@dataclass(frozen=True)
class Actor:
    """Somebody acting for one organisation (or for the platform, when `org_id` is None)."""

    kind: ActorKind
    org_id: UUID | None = None
    user_id: UUID | None = None
    role: Role | None = None
    ip: str | None = None

    @classmethod
    def vapi(cls, org_id: UUID) -> "Actor":
        return cls(kind=ActorKind.VAPI, org_id=org_id)

    @classmethod
    def visitor(cls, org_id: UUID, *, ip: str) -> "Actor":
        """Somebody without an account who holds a link."""
        return cls(kind=ActorKind.VISITOR, org_id=org_id, ip=ip)

    @classmethod
    def system(cls, org_id: UUID | None = None) -> "Actor":
        return cls(kind=ActorKind.SYSTEM, org_id=org_id)
