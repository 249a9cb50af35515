"""What every change of the diary's rules has in common: one at a time, on record, and told to agents and open pages."""

from typing import Any

from django.db import models

from agents.services import refresh_agents
from orgs import audit
from orgs.actors import Actor
from orgs.models import Organization
from scheduling.models import Practitioner
from voxanne.live import publish_on_commit


def lock_people(org: Organization) -> list[Practitioner]:
    """Everybody of a clinic, in order of id, locked so that changes of the diary's rules follow each other.

    Inside org_tx. Bookings go on meanwhile: the lock leaves the keys, which they refer to, alone.
    """
    return list(Practitioner.objects.for_org(org.pk).select_for_update(no_key=True).order_by("pk"))


def record_change(org: Organization, actor: Actor, action: str, obj: models.Model, **details: Any) -> None:
    """Write it down, have the agents told what callers may be told, and refresh the diaries that are open."""
    audit.record(actor, action, obj, **details)
    refresh_agents(org=org)
    publish_on_commit(org.pk, "appointment")
