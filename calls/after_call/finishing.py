"""The steps after a call, in their order. Each is idempotent: run again it changes nothing."""

from calls.after_call.bookings import detect_booking
from calls.after_call.callers import link_caller
from calls.after_call.interests import note_interests
from calls.after_call.leads import score_caller
from calls.after_call.stages import settle_stage
from calls.after_call.unanswered import note_questions
from calls.after_call.value import value_call
from calls.after_call.words import said_in
from calls.handovers import came_to_nothing
from calls.models import Call
from calls.recordings.wanting import want_recording
from calls.transfers import note_nobody_reached
from orgs.models import Organization
from scheduling.holds import release_holds


def finish_call(*, org: Organization, call: Call) -> None:
    """Everything that follows from a call's end. In the transaction that closes the report, with the call locked."""
    release_holds(org=org, call_id=call.pk)
    detect_booking(call)
    said = said_in(call)
    value_call(org=org, call=call, said=said)
    want_recording(org=org, call=call)
    link_caller(org=org, call=call)
    note_interests(call)
    settle_stage(call=call, said=said)
    score_caller(org=org, call=call)
    note_questions(org=org, call=call)
    if came_to_nothing(call.facts, call.ended_reason):
        note_nobody_reached(org=org, call=call)
