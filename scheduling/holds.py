"""Slots kept for a caller while they spell their name: appointments of status `held`, in the same constraint as all.

A call keeps one promise at a time. A hold ends by itself; whoever books next clears what has ended.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db import OperationalError
from psycopg.errors import LockNotAvailable

from contacts.models import Service
from orgs.models import Organization
from orgs.scope import org_tx
from scheduling.contention import retry_deadlocks
from scheduling.models import Appointment, AppointmentSource, AppointmentStatus
from scheduling.querysets import claim_slot, clear_expired_holds
from scheduling.references import new_reference
from scheduling.types import Slot, VisitRules
from voxanne.clock import now
from voxanne.ids import uuid7

HOLD_S = 120


def hold_slots(
    *, org: Organization, slots: Sequence[Slot], service: Service | None, call_id: UUID, seconds: int = HOLD_S
) -> list[Slot]:
    """Keep slots for a call instead of those it kept before; those that could be kept. Somebody faster has the others.

    Booking or moving to a slot that the same call keeps turns the hold into the appointment.
    """

    def hold() -> list[Slot]:
        with org_tx():
            clear_expired_holds()
            release_holds(org=org, call_id=call_id)
            return [slot for slot in slots if _hold(org, slot, service, call_id, seconds)]

    try:
        # Two calls that each want what the other is just giving back wait for each other.
        return retry_deadlocks(hold)
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        return []  # somebody is taking it, and is slow about it


def release_holds(*, org: Organization, call_id: UUID) -> int:
    """Give back what a call keeps: it ended, or books. How many there were. Inside org_tx."""
    held = Appointment.objects.for_org(org.pk).filter(call_id=call_id, status=AppointmentStatus.HELD)
    deleted, _ = held.delete()
    return int(deleted)


def _hold(org: Organization, slot: Slot, service: Service | None, call_id: UUID, seconds: int) -> bool:
    rules = VisitRules.of(service)
    held = Appointment(
        id=uuid7(),
        org_id=org.pk,
        practitioner_id=slot.practitioner_id,
        service=service,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        time_zone=org.timezone,
        status=AppointmentStatus.HELD.value,
        held_until=now() + timedelta(seconds=seconds),
        source=AppointmentSource.AI_CALL.value,
        call_id=call_id,
        reference=new_reference(),
    )
    claimed = claim_slot(
        held,
        blocked_from=slot.starts_at - timedelta(seconds=rules.before_s),
        blocked_until=slot.ends_at + timedelta(seconds=rules.after_s),
    )
    return claimed is not None
