"""Wanting a recording: the row from which a worker fetches it, made once a report says that there is one."""

from calls.models import Call, RecordingStatus
from calls.recordings.errors import NothingToFetch
from calls.recordings.models import Recording, RecordingState
from calls.recordings.records import follow
from calls.recordings.tasks import look_after_recording
from orgs import audit
from orgs.actors import Actor
from orgs.models import Organization
from orgs.tasks import enqueue_on_commit
from voxanne.clock import now


def want_recording(*, org: Organization, call: Call) -> None:
    """Have a call's recording fetched, if a report named one. Run again it changes nothing.

    In the transaction that works off the report, which stores the call. What is stored of Vapi's is an identifier,
    never a link.
    """
    locator = (call.facts.get("report") or call.facts.get("stub") or {}).get("recording_url", "")
    if not locator or call.is_live or call.recording_status:
        return
    moment = now()
    wanted = Recording(call=call, org=org, locator=locator, recorded_at=call.ended_at or moment, due_at=moment)
    Recording.objects.bulk_create([wanted], ignore_conflicts=True)
    if not Recording.objects.filter(pk=wanted.pk).exists():
        return
    call.recording_status = RecordingStatus.PENDING
    enqueue_on_commit(look_after_recording, str(org.pk), str(wanted.pk))


def fetch_again(call: Call, *, actor: Actor) -> None:
    """Try once more what has failed for good, with as many tries as at first. Inside `org_tx`.

    Raises:
        NothingToFetch: it has not failed.
    """
    row: Recording | None = (
        Recording.objects.select_for_update().filter(call_id=call.pk, state=RecordingState.FAILED).first()
    )
    if row is None:
        raise NothingToFetch
    row.state, row.attempts, row.due_at = RecordingState.PENDING, 0, now()
    row.problem, row.problem_code = "", ""
    row.save()
    follow(row)
    audit.record(actor, "recording.asked_again", row, call=str(call.pk))
    enqueue_on_commit(look_after_recording, str(row.org_id), str(row.pk))
