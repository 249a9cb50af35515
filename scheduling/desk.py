"""What the team does with appointments, in a browser or through the API: the same checks and the same words."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from contacts.models import Service
from orgs.actors import Actor
from orgs.models import Organization
from orgs.scope import org_tx
from scheduling.booking import book_appointment
from scheduling.changing import (
    SETTLED,
    Move,
    cancel_appointment,
    confirm_appointment,
    move_appointment,
    settle_appointment,
)
from scheduling.models import Appointment, AppointmentSource, AppointmentStatus, Practitioner
from scheduling.types import BookingRequest
from voxanne.errors import BadInput, NotFound
from voxanne.live import publish_on_commit


def get_appointment(appointment_id: UUID) -> Appointment:
    """One appointment with what belongs to it. One query, inside org_tx.

    Raises:
        NotFound: no such appointment here; a held slot is none.
    """
    query = Appointment.objects.select_related("contact", "service", "practitioner")
    found: Appointment | None = query.filter(pk=appointment_id).exclude(status=AppointmentStatus.HELD).first()
    if found is None:
        raise NotFound("We could not find that appointment.")
    return found


def find_service_by_id(service_id: UUID | None) -> Service | None:
    """A service that is offered, None when none was named. Inside org_tx.

    Raises:
        BadInput: it names none of the clinic's.
    """
    if service_id is None:
        return None
    service: Service | None = Service.objects.filter(pk=service_id, is_active=True).first()
    if service is None:
        raise BadInput(fields={"service_id": ["This service is not offered."]})
    return service


def find_practitioner_by_id(practitioner_id: int | None) -> Practitioner | None:
    """Somebody who can be booked, None when nobody was named. Inside org_tx.

    Raises:
        BadInput: it names nobody of the clinic's.
    """
    if practitioner_id is None:
        return None
    person: Practitioner | None = Practitioner.objects.filter(pk=practitioner_id, is_active=True).first()
    if person is None:
        raise BadInput(fields={"practitioner_id": ["Nobody here can be booked under that number."]})
    return person


def book_at_desk(*, org: Organization, wish: Mapping[str, Any], actor: Actor) -> Appointment:
    """Book for somebody who stands at the desk or is on the telephone.

    Args:
        wish: as `NewAppointment` validated it, and perhaps `idempotency_key` and `needs_approval`.

    Raises:
        BadInput, SlotRefused and its kind, UnusablePhone.
    """
    with org_tx():
        request = BookingRequest(
            starts_at=read_start(wish["scheduled_at"]),
            service=find_service_by_id(wish.get("service_id")),
            practitioner=find_practitioner_by_id(wish.get("practitioner_id")),
            patient_name=wish["contact_name"],
            phone=wish.get("phone_number", ""),
            email=wish.get("email", ""),
            notes=wish.get("notes", ""),
            source=AppointmentSource.STAFF,
            idempotency_key=wish.get("idempotency_key", ""),
            outside_hours=wish.get("outside_hours", False),
            over_calendar=wish.get("over_calendar", False),
            needs_approval=wish.get("needs_approval", False),
        )
        return book_appointment(org=org, request=request, actor=actor)


def change_at_desk(*, org: Organization, appointment_id: UUID, change: Mapping[str, Any], actor: Actor) -> Appointment:
    """Make the changes that are named, all or none: notes, time and practitioner, then where it stands.

    Args:
        change: as `AppointmentChange` validated it.

    Raises:
        NotFound, NotStanding, BadInput, SlotRefused and its kind.
    """
    with org_tx():
        appointment = get_appointment(appointment_id)
        if "notes" in change and change["notes"] != appointment.notes:
            appointment.notes = change["notes"].replace("\x00", "")
            appointment.save(update_fields=["notes", "updated_at"])
            publish_on_commit(org.pk, "appointment", id=appointment.pk)
        if "scheduled_at" in change or "practitioner_id" in change:
            _move(org, appointment, change, actor)
        if "status" in change:
            _bring_to(org, appointment, change, actor)
        return get_appointment(appointment_id)


def read_start(text: str) -> datetime:
    """A moment from ISO 8601; naive without an offset, for the clinic's own clock.

    Raises:
        BadInput: not a moment.
    """
    try:
        return datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
    except ValueError as error:
        raise BadInput(
            fields={"scheduled_at": ["Give the day and time as YYYY-MM-DDTHH:MM, with or without an offset."]}
        ) from error


def _move(org: Organization, appointment: Appointment, change: Mapping[str, Any], actor: Actor) -> None:
    starts_at = read_start(change["scheduled_at"]) if "scheduled_at" in change else appointment.starts_at
    move = Move(
        appointment_id=appointment.pk,
        starts_at=starts_at,
        practitioner=find_practitioner_by_id(change.get("practitioner_id")),
        outside_hours=change.get("outside_hours", False),
        over_calendar=change.get("over_calendar", False),
    )
    move_appointment(org=org, move=move, actor=actor)


def _bring_to(org: Organization, appointment: Appointment, change: Mapping[str, Any], actor: Actor) -> None:
    status = AppointmentStatus(change["status"])
    if status is AppointmentStatus.CANCELLED:
        reason = change.get("cancel_reason", "")
        cancel_appointment(org=org, appointment_id=appointment.pk, actor=actor, reason=reason)
    elif status in SETTLED:
        settle_appointment(org=org, appointment_id=appointment.pk, status=status, actor=actor)
    else:
        confirm_appointment(org=org, appointment_id=appointment.pk, actor=actor)
