"""The steps after a call, in their order. Each is idempotent: run again it changes nothing."""

from collections.abc import Sequence

from calls.after_call.bookings import detect_booking
from calls.after_call.callers import link_caller
from calls.after_call.leads import score_caller
from calls.after_call.stages import settle_stage
from calls.after_call.unanswered import note_questions
from calls.after_call.value import price_list, value_call
from calls.handovers import came_to_nothing
from calls.models import Call
from calls.recordings.wanting import want_recording
from calls.transfers import note_nobody_reached
from contacts.spoken_wishes import Spoken
from orgs.models import Organization
from scheduling.holds import release_holds
from scheduling.models import AppointmentStatus
from scheduling.selectors import statuses_in_call
from voxanne.saving import saved_once


def finish_call(*, org: Organization, call: Call, said: Sequence[Spoken]) -> None:
    """Everything that follows from a call's end. In the transaction that closes the report, with the call locked.

    The call's own columns are set; whoever holds it stores them, once for all steps.
    """
    made, services = statuses_in_call(call.pk), price_list(org)
    if AppointmentStatus.HELD in made:
        release_holds(org=org, call_id=call.pk)
    detect_booking(call, made=made)
    value_call(org=org, call=call, said=said, services=services)
    want_recording(org=org, call=call)
    contact = link_caller(org=org, call=call)
    if contact is not None:
        with saved_once(contact):
            settle_stage(call=call, contact=contact, said=said)
            score_caller(org=org, call=call, contact=contact, services=services)
    note_questions(org=org, call=call)
    if came_to_nothing(call.facts, call.ended_reason):
        note_nobody_reached(org=org, call=call)
