"""Waking a worker for calls whose messages have come in: one Celery message for all of the last moment's calls."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from orgs import tasks
from voxanne.courier import Courier

# A worker works its batch off one call after another; smaller ones spread over more workers.
CALLS_PER_MESSAGE = 25


def wake_worker_on_commit(org_id: UUID, vapi_call_id: str) -> None:
    """Have the call's events worked off once the open transaction commits. Losing it costs only time."""
    transaction.on_commit(lambda: _courier.hand_over((str(org_id), vapi_call_id)))


def _wake(waiting: Sequence[tuple[str, str]]) -> bool:
    from calls.tasks import process_calls

    calls = list(dict.fromkeys(waiting))
    for start in range(0, len(calls), CALLS_PER_MESSAGE):
        batch = [list(call) for call in calls[start : start + CALLS_PER_MESSAGE]]
        if not tasks.wake(process_calls, batch):
            return False  # Redis is away: the sweeper finds the rest
    return True


_courier = Courier(_wake, name="webhook-wake-ups")
