"""Writing down how far a recording has come. Only for whoever holds it; each in one short transaction.

The call's own columns follow here: `recording_status`, and `recording_url`, which is our address, never Vapi's.
"""

from datetime import datetime, timedelta

from django.urls import reverse

from calls.models import Call, RecordingStatus
from calls.recordings.fetching import Fetched
from calls.recordings.measures import RECORDINGS
from calls.recordings.models import Recording, RecordingState
from calls.recordings.words import Problem
from orgs.scope import org_tx
from voxanne.clock import now
from voxanne.live import publish_on_commit

# After each try, how long until the next: a recording may need minutes until it can be had, and Vapi keeps it for days.
_PAUSES = tuple(timedelta(minutes=minutes) for minutes in (0.5, 2, 10, 30, 120, 360, 720))


def record_fetched(held: Recording, fetched: Fetched) -> bool:
    """It lies in storage. False when the claim was lost meanwhile: then the file is nobody's."""
    with org_tx():
        row = _lock_held(held)
        if row is None:
            return False
        row.content_type, row.size_bytes, row.seconds = fetched.content_type, fetched.size_bytes, fetched.seconds
        row.sha256, row.key_sealed = fetched.sha256, fetched.key_sealed
        row.state, row.fetched_at, row.problem, row.problem_code = RecordingState.COMPLETED, now(), "", ""
        _let_go(row)
        follow(row)
    RECORDINGS.labels("fetched").inc()
    return True


def record_failed(held: Recording, problem: Problem, *, is_final: bool) -> None:
    """This try came to nothing; is there another?"""
    with org_tx():
        row = _lock_held(held)
        if row is None:
            return
        row.state = RecordingState.FAILED if is_final else RecordingState.PENDING
        row.problem, row.problem_code = problem.sentence, problem.code
        row.storage_name = "" if is_final else row.storage_name
        _let_go(row, due_at=None if is_final else now() + _PAUSES[min(row.attempts, len(_PAUSES)) - 1])
        follow(row)
    RECORDINGS.labels("failed" if is_final else "again").inc()


def record_removed(held: Recording) -> None:
    """The file of a deleted recording is gone."""
    with org_tx():
        row = _lock_held(held)
        if row is not None:
            row.storage_name = ""
            _let_go(row)


def follow(row: Recording) -> None:
    """Bring the call's columns in line with its recording, and tell whoever looks at the call. Inside `org_tx`."""
    status = "" if row.state == RecordingState.DELETED else RecordingStatus(row.state)
    url = reverse("calls:recording", args=[row.call_id]) if row.is_ready else ""
    Call.objects.filter(pk=row.call_id).update(recording_status=status, recording_url=url, updated_at=now())
    publish_on_commit(row.org_id, "call", id=row.call_id)


def _lock_held(held: Recording) -> Recording | None:
    row: Recording | None = Recording.objects.select_for_update().filter(pk=held.pk, claim=held.claim).first()
    return row


def _let_go(row: Recording, *, due_at: datetime | None = None) -> None:
    row.claim, row.claimed_until, row.due_at = None, None, due_at
    row.save()
