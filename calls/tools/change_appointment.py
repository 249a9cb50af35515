"""`rescheduleAppointment` and `cancelAppointment`: a caller's own appointment, within the clinic's policy."""

from typing import Any

from rest_framework import serializers

from calls.tools.dates import read_moment
from calls.tools.own_visit import OwnVisitArguments, SeveralVisits, ask_which, find_own_visit, name_of
from calls.tools.refusals import refuse_slot
from calls.tools.types import Tool, ToolAnswer, ToolContext
from orgs.actors import Actor
from scheduling.changing import Move, cancel_appointment, move_appointment
from scheduling.errors import SlotRefused
from scheduling.holds import release_holds
from scheduling.speech import say_moment

# The answer's code when the caller has not yet said that the appointment is to go.
CONFIRM_FIRST = "confirm_first"


class RescheduleArguments(OwnVisitArguments):
    """Whose appointment, and where to."""

    newStart = serializers.CharField(  # noqa: N815 - the model sees this name
        required=False,
        allow_blank=True,
        max_length=120,
        help_text="The new start exactly as returned by checkAvailability. Leave it out to find the appointment first.",
    )


class CancelArguments(OwnVisitArguments):
    """Whose appointment, and whether the caller has said yes."""

    confirmed = serializers.BooleanField(
        required=False, default=False, help_text="true once the caller has confirmed that this appointment is to go."
    )
    reason = serializers.CharField(
        required=False, allow_blank=True, max_length=200, help_text="Why, if the caller said so."
    )


def reschedule(context: ToolContext, arguments: dict[str, Any]) -> ToolAnswer:
    """Move the caller's appointment to a time that is offered, or say which others are."""
    org = context.org
    try:
        visit = find_own_visit(context, arguments)
    except SeveralVisits as several:
        return ask_which(context, several)
    before = say_moment(visit.starts_at, org.zone)
    if not arguments.get("newStart", "").strip():
        return ToolAnswer(
            speech=f"{name_of(visit)} is on {before}. Ask when the caller would like to come instead.",
            content={"success": True, "found": True, "reference": visit.reference},
        )
    start = read_moment(arguments["newStart"], org=org)
    if context.call is not None:
        release_holds(org=org, call_id=context.call.pk)
    move = Move(appointment_id=visit.pk, starts_at=start, by_caller=True)
    try:
        moved = move_appointment(org=org, move=move, actor=Actor.vapi(org.pk))
    except SlotRefused as refused:
        return refuse_slot(context, refused)
    return ToolAnswer(
        speech=f"{name_of(visit)} is moved from {before} to {say_moment(moved.starts_at, org.zone)}.",
        content={
            "success": True,
            "appointmentId": str(moved.pk),
            "reference": moved.reference,
            "start": moved.starts_at.astimezone(org.zone).isoformat(timespec="minutes"),
        },
    )


def cancel(context: ToolContext, arguments: dict[str, Any]) -> ToolAnswer:
    """Cancel the caller's appointment, once they have said that they mean it."""
    org = context.org
    try:
        visit = find_own_visit(context, arguments)
    except SeveralVisits as several:
        return ask_which(context, several)
    what = f"{name_of(visit)} on {say_moment(visit.starts_at, org.zone)}"
    if not arguments["confirmed"]:
        return ToolAnswer(
            speech=f"That is {what}. Ask the caller to confirm that it is to be cancelled, or offer another time.",
            content={"success": False, "code": CONFIRM_FIRST, "reference": visit.reference},
            succeeded=False,
        )
    cancel_appointment(
        org=org,
        appointment_id=visit.pk,
        actor=Actor.vapi(org.pk),
        reason=arguments.get("reason", ""),
        check_policy=True,
    )
    return ToolAnswer(speech=f"{what} is cancelled.", content={"success": True, "reference": visit.reference})


RESCHEDULE_APPOINTMENT = Tool(
    name="rescheduleAppointment",
    description=(
        "Move the caller's own appointment to another time. First ask for the full name and the booking reference or "
        "date of birth. Call it without newStart to find the appointment, then offer times from checkAvailability."
    ),
    arguments=RescheduleArguments,
    handler=reschedule,
    changes_diary=True,
)

CANCEL_APPOINTMENT = Tool(
    name="cancelAppointment",
    description=(
        "Cancel the caller's own appointment. First ask for the full name and the booking reference or date of birth. "
        "It is cancelled only when this answers that it is."
    ),
    arguments=CancelArguments,
    handler=cancel,
    changes_diary=True,
)
