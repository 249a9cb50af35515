"""Who edits and publishes in the tests of versions."""

from orgs.actors import Actor, ActorKind
from orgs.models import Role


def person(org, user, role=Role.OWNER):
    return Actor(kind=ActorKind.USER, org_id=org.pk, user_id=user.pk, role=role)
