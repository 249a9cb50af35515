"""Looking after recordings: fetch one from Vapi and keep it, or remove the file of one that was deleted.

Claim in one short transaction, fetch and store with none open, write down in a second.
"""

from contextlib import suppress
from datetime import timedelta
from enum import StrEnum
from uuid import UUID, uuid4

import structlog
from django.db.models import Q

from calls.models import RecordingStatus
from calls.recordings.fetching import Fetched, FetchFailed, fetch_audio
from calls.recordings.files import delete_file
from calls.recordings.models import UNFETCHED_STATES, Recording, RecordingState
from calls.recordings.records import record_failed, record_fetched, record_removed
from calls.recordings.words import AWAY, MOST_ATTEMPTS
from orgs.due_rows import take_due
from orgs.models import Organization
from orgs.scope import org_scope, org_tx
from providers.vapi.client import VapiClient
from voxanne.clock import now
from voxanne.failpoints import failpoint

log = structlog.get_logger(__name__)

SWEEP_BATCH = 100
# Longer than a fetch may take (`fetching.DEADLINE_S`) and than its task lives.
LEASE = timedelta(seconds=300)


class Outcome(StrEnum):
    """What became of one look."""

    FETCHED = "fetched"
    AGAIN = "again"
    FAILED = "failed"
    REMOVED = "removed"
    BUSY = "busy"


def look_after(*, org: Organization, recording_id: UUID | str, client: VapiClient | None = None) -> Outcome:
    """Do for one recording whatever is next. Safe to run twice, at once, or after a crash at any point.

    With no transaction open. Never raises for what Vapi or the storage does: the next sweep looks again.
    """
    with org_scope(org):
        held, leftover = _take(UUID(str(recording_id)))
        if held is None:
            return Outcome.BUSY
        failpoint("recording.claimed")
        if held.state == RecordingState.DELETED:
            return _remove(held)
        return _fetch(held, leftover, client)


def claim_due() -> list[tuple[UUID, UUID]]:
    """The recordings to look after now, by organisation; their next look moved on."""
    return take_due(Recording, again_in=LEASE, limit=SWEEP_BATCH, has_claims=True)


def _fetch(held: Recording, leftover: str, client: VapiClient | None) -> Outcome:
    with suppress(OSError):
        delete_file(leftover)  # of a try that died; its key was never kept
    try:
        if held.attempts > MOST_ATTEMPTS:  # each try killed its worker
            raise FetchFailed(AWAY)
        fetched = fetch_audio(held, client=client)
    except FetchFailed as failed:
        is_final = held.attempts >= failed.problem.most_attempts
        log.warning("recording.not_fetched", recording=str(held.pk), code=failed.problem.code, final=is_final)
        record_failed(held, failed.problem, is_final=is_final)
        return Outcome.FAILED if is_final else Outcome.AGAIN
    failpoint("recording.stored")
    return _keep(held, fetched)


def _keep(held: Recording, fetched: Fetched) -> Outcome:
    if record_fetched(held, fetched):
        return Outcome.FETCHED
    delete_file(held.storage_name)  # somebody else took over, or it was deleted meanwhile
    return Outcome.BUSY


def _remove(held: Recording) -> Outcome:
    try:
        delete_file(held.storage_name)
    except OSError as error:
        log.warning("recording.not_removed", recording=str(held.pk), error=type(error).__name__)
        return Outcome.AGAIN
    failpoint("recording.removed")
    record_removed(held)
    return Outcome.REMOVED


def _take(recording_id: UUID) -> tuple[Recording | None, str]:
    """The sole right to work on it for a while, and the name of a file that an earlier try may have left."""
    moment = now()
    with org_tx():
        free = Q(claimed_until__isnull=True) | Q(claimed_until__lte=moment)
        unfinished = Q(state__in=UNFETCHED_STATES) | Q(state=RecordingState.DELETED, storage_name__gt="")
        row = Recording.objects.select_for_update(of=("self",)).filter(free, unfinished, pk=recording_id)
        held: Recording | None = row.select_related("call").first()
        if held is None:
            return None, ""
        held.claim, held.claimed_until, held.due_at = uuid4(), moment + LEASE, moment + LEASE
        leftover = ""
        if held.state != RecordingState.DELETED:
            leftover, held.storage_name = held.storage_name, f"{held.org_id}/{held.pk}-{held.claim.hex[:12]}"
            held.state, held.attempts = RecordingState.PROCESSING, held.attempts + 1
        held.save(update_fields=["claim", "claimed_until", "due_at", "state", "attempts", "storage_name", "updated_at"])
        if held.state == RecordingState.PROCESSING and held.call.recording_status != RecordingStatus.PROCESSING:
            held.call.recording_status = RecordingStatus.PROCESSING
            held.call.save(update_fields=["recording_status", "updated_at"])
    return held, leftover
