"""What pages show of a call's recording, and who may hear it now."""

from django.core.cache import cache
from redis.exceptions import RedisError

from calls.models import Call
from calls.recordings.errors import NothingToHear
from calls.recordings.measures import LISTENINGS
from calls.recordings.models import Recording, RecordingState
from calls.recordings.shares import find_open_share_by_id
from calls.recordings.tickets import VALID_S, Ticket
from orgs import audit
from orgs.actors import Actor


def find_recording(call: Call) -> Recording | None:
    """A call's recording, whatever its state; None when there never was one. One query."""
    found: Recording | None = Recording.objects.filter(call_id=call.pk).first()
    return found


def access_audible(call: Call) -> Recording:
    """A call's recording, to be listened to now.

    Raises:
        NothingToHear: there is none, not yet, or not any more.
    """
    found = find_recording(call)
    if found is None or not found.is_ready:
        raise NothingToHear
    return found


def find_by_ticket(ticket: Ticket) -> Recording | None:
    """What a ticket lets its holder hear, as things are now. Inside its organisation's `org_tx`. One query."""
    if ticket.share_id is None:
        found: Recording | None = Recording.objects.filter(
            pk=ticket.recording_id, state=RecordingState.COMPLETED
        ).first()
        return found
    share = find_open_share_by_id(ticket.share_id)
    return share.recording if share is not None and share.recording_id == ticket.recording_id else None


def note_listening(recording: Recording, *, actor: Actor) -> None:
    """Put into the audit log that staff listened: once in five minutes, however often the browser asks."""
    try:
        is_new = cache.add(f"heard:{recording.pk}:{actor.user_id}", 1, timeout=VALID_S)
    except RedisError:
        is_new = True
    if is_new:
        audit.record(actor, "recording.played", recording, call=str(recording.call_id))
        LISTENINGS.labels("staff").inc()
