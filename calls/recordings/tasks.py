"""Wake-ups for recordings. Each may run never, once or twice: the table is the truth."""

from celery import shared_task

from calls.recordings.keeping import claim_due, look_after
from orgs.models import Organization
from orgs.tasks import OrgTask, platform_task, wake


# Longer than other tasks, for large files on slow lines; shorter than the broker's patience (300 s).
@shared_task(base=OrgTask, queue="bulk", acks_late=True, soft_time_limit=240, time_limit=270)
def look_after_recording(org: Organization, recording_id: str) -> str:
    """Fetch one recording, or remove the file of a deleted one: whatever is next. Safe to run twice."""
    return look_after(org=org, recording_id=recording_id).value


@platform_task(reason="recordings of any organisation may be waiting to be fetched or removed", queue="bulk")
def sweep_recordings() -> int:
    """Wake whoever looks after recordings that are due; how many."""
    due = claim_due()
    for org_id, recording_id in due:
        wake(look_after_recording, str(org_id), str(recording_id))
    return len(due)


@platform_task(reason="each organisation's recordings are kept for as many days as it says", queue="bulk")
def purge_recordings() -> int:
    """Delete the recordings whose time is over."""
    from calls.recordings.purging import purge_expired  # which wakes `look_after_recording`

    return purge_expired()
