"""Appointments as integrators read and write them."""

from typing import Any

from rest_framework import serializers

from scheduling.models import Appointment, AppointmentStatus
from scheduling.types import Slot


class AppointmentSerializer(serializers.ModelSerializer[Appointment]):
    """One appointment with its contact flattened. `scheduled_time` is `scheduled_at` under its older name."""

    scheduled_at = serializers.DateTimeField(source="starts_at")
    scheduled_time = serializers.DateTimeField(source="starts_at")
    duration_minutes = serializers.SerializerMethodField()
    service_name = serializers.CharField(source="service.name", default="")
    practitioner_name = serializers.CharField(source="practitioner.name")
    contact_name = serializers.CharField(source="contact.name", default="")
    phone_number = serializers.CharField(source="contact.phone", default="")
    email = serializers.CharField(source="contact.email", default="")

    class Meta:
        model = Appointment
        fields = (
            "id", "reference", "status", "source", "scheduled_at", "scheduled_time", "ends_at", "duration_minutes",
            "service_id", "service_name", "practitioner_id", "practitioner_name", "patient_name", "contact_id",
            "contact_name", "phone_number", "email", "notes", "call_id", "confirmation_sent",
            "attendance_confirmed_at", "change_requested_at", "calendar_sync_state",
            "cancelled_at", "cancel_reason", "created_at", "updated_at",
        )  # fmt: skip

    def get_duration_minutes(self, appointment: Appointment) -> int:
        return round((appointment.ends_at - appointment.starts_at).total_seconds() / 60)


class SlotSerializer(serializers.Serializer[Slot]):
    """A time that can be booked."""

    start = serializers.DateTimeField(source="starts_at")
    end = serializers.DateTimeField(source="ends_at")
    practitioner_id = serializers.IntegerField()
    practitioner_name = serializers.CharField()


class NewAppointment(serializers.Serializer[Any]):
    """What a booking needs. Without an offset the time is meant by the clinic's clock."""

    scheduled_at = serializers.CharField(max_length=40)
    service_id = serializers.UUIDField(required=False, allow_null=True)
    practitioner_id = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=2**63 - 1)
    contact_name = serializers.CharField(max_length=120)
    phone_number = serializers.CharField(required=False, allow_blank=True, max_length=40, default="")
    email = serializers.EmailField(required=False, allow_blank=True, max_length=254, default="")
    notes = serializers.CharField(required=False, allow_blank=True, max_length=4000, default="")
    outside_hours = serializers.BooleanField(required=False, default=False)
    over_calendar = serializers.BooleanField(required=False, default=False)


class AppointmentChange(serializers.Serializer[Any]):
    """What may be changed: the time, the practitioner, where it stands, the notes."""

    scheduled_at = serializers.CharField(max_length=40, required=False)
    practitioner_id = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    status = serializers.ChoiceField(
        required=False,
        choices=[
            AppointmentStatus.CONFIRMED.value,
            AppointmentStatus.CANCELLED.value,
            AppointmentStatus.COMPLETED.value,
            AppointmentStatus.NO_SHOW.value,
        ],
    )
    notes = serializers.CharField(required=False, allow_blank=True, max_length=4000)
    cancel_reason = serializers.CharField(required=False, allow_blank=True, max_length=200)
    outside_hours = serializers.BooleanField(required=False, default=False)
    over_calendar = serializers.BooleanField(required=False, default=False)


class AvailabilityQuery(serializers.Serializer[Any]):
    """Which days, and for what."""

    first_day = serializers.DateField(required=False)
    last_day = serializers.DateField(required=False)
    service_id = serializers.UUIDField(required=False)
    practitioner_id = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    limit = serializers.IntegerField(required=False, min_value=1, max_value=500, default=50)


class ListQuery(serializers.Serializer[Any]):
    """Which appointments: those that start in [since, until)."""

    since = serializers.DateTimeField(required=False)
    until = serializers.DateTimeField(required=False)
    status = serializers.ChoiceField(required=False, choices=[s for s in AppointmentStatus.values if s != "held"])
    practitioner_id = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    contact_id = serializers.UUIDField(required=False)
    cursor = serializers.CharField(required=False, max_length=200, default="")
    limit = serializers.IntegerField(required=False, min_value=1, max_value=200, default=50)
