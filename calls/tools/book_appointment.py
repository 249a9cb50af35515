"""`bookClinicAppointment`: book one time, or say what else is free."""

import hashlib
from typing import Any

from rest_framework import serializers

from calls.tools.approval import needs_approval
from calls.tools.dates import read_moment
from calls.tools.lookups import find_practitioner_named, find_service_named
from calls.tools.refusals import refuse_slot
from calls.tools.types import Tool, ToolAnswer, ToolContext
from contacts.phones import find_e164
from orgs.actors import Actor
from scheduling.booking import book_appointment
from scheduling.errors import SlotRefused
from scheduling.models import Appointment, AppointmentStatus
from scheduling.speech import say_moment, say_reference
from scheduling.types import BookingRequest


class Arguments(serializers.Serializer):
    """What a booking needs."""

    start = serializers.CharField(
        max_length=40, help_text="Start of the appointment exactly as returned by checkAvailability, ISO 8601."
    )
    service = serializers.CharField(
        required=False, allow_blank=True, max_length=120, help_text="The treatment that the caller wants."
    )
    name = serializers.CharField(max_length=120, help_text="The caller's full name.")
    phone = serializers.CharField(
        required=False, allow_blank=True, max_length=40, help_text="Only if it differs from the number they call from."
    )
    email = serializers.CharField(required=False, allow_blank=True, max_length=254, help_text="If the caller gave one.")
    notes = serializers.CharField(
        required=False, allow_blank=True, max_length=1000, help_text="Anything the team should know."
    )
    practitioner = serializers.CharField(
        required=False, allow_blank=True, max_length=120, help_text="Whom the caller wants to see, if named."
    )


def book(context: ToolContext, arguments: dict[str, Any]) -> ToolAnswer:
    """Book, or answer with the nearest three times. Asked again for the same visit, it is the same one."""
    org = context.org
    start = read_moment(arguments["start"], org=org)
    request = BookingRequest(
        starts_at=start,
        service=find_service_named(org=org, words=arguments.get("service", "")),
        patient_name=arguments["name"],
        phone=arguments.get("phone") or find_e164(context.caller_number, country=org.country),
        email=arguments.get("email", ""),
        notes=arguments.get("notes", ""),
        practitioner=find_practitioner_named(arguments.get("practitioner", "")),
        call_id=context.call.pk if context.call else None,
        idempotency_key=_what_was_asked(context, arguments),
        needs_approval=needs_approval(context),
    )
    try:
        appointment = book_appointment(org=org, request=request, actor=Actor.vapi(org.pk))
    except SlotRefused as refused:
        return refuse_slot(context, refused)
    return _confirmation(context, appointment)


def _what_was_asked(context: ToolContext, arguments: dict[str, Any]) -> str:
    """The model asks again under a new id after an interruption (reference vapi, pitfall 3): the wish is the key.

    What was booked and cancelled in the same call may be booked once more.
    """
    if context.call is None:
        return f"tool:{context.tool_call_id}" if context.tool_call_id else ""
    wish = "|".join(arguments.get(name, "").strip().casefold() for name in ("start", "service", "name"))
    given_back = Appointment.objects.filter(call_id=context.call.pk, status=AppointmentStatus.CANCELLED).count()
    again = f":{given_back}" if given_back else ""
    return f"call:{context.call.vapi_call_id}:{hashlib.sha256(wish.encode()).hexdigest()[:32]}{again}"


def _confirmation(context: ToolContext, appointment: Appointment) -> ToolAnswer:
    zone = context.org.zone
    service = appointment.service.name if appointment.service else "The appointment"
    when, reference = say_moment(appointment.starts_at, zone), say_reference(appointment.reference)
    waits = appointment.status == AppointmentStatus.PENDING
    said = (
        f"{service} is requested for {when}; the team will confirm it" if waits else f"{service} is booked for {when}"
    )
    return ToolAnswer(
        speech=f"{said}. The reference is {reference}.",
        content={
            "success": True,
            "status": appointment.status,
            "appointmentId": str(appointment.pk),
            "reference": appointment.reference,
            "start": appointment.starts_at.astimezone(zone).isoformat(timespec="minutes"),
        },
    )


BOOK_APPOINTMENT = Tool(
    name="bookClinicAppointment",
    description=(
        "Book an appointment that checkAvailability offered and the caller chose, once you know the caller's name. "
        "Say that it is booked only when this answers that it is."
    ),
    arguments=Arguments,
    handler=book,
    books=True,
    changes_diary=True,
)
