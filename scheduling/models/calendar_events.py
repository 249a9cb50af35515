"""How each appointment should stand in each connected calendar, and how it stands there as far as we know."""

from django.db import models
from django.db.models import Q

from orgs.tenancy import TenantForeignKey, TenantModel
from scheduling.models.calendars import CalendarConnection
from scheduling.models.diary import Appointment


class EventState(models.TextChoices):
    """How an appointment stands in one calendar."""

    PENDING = "pending", "On its way"
    SYNCED = "synced", "In the calendar"
    FAILED = "failed", "Not in the calendar"
    DIFFERS = "differs", "Moved in the calendar"
    LET_GO = "let_go", "Left as it is there"


class EventProblem(models.TextChoices):
    """Why an appointment cannot follow what somebody did to its event."""

    TAKEN = "taken", "that time overlaps another appointment"
    PAST = "past", "that time has passed"
    WHOLE_DAY = "whole_day", "it takes whole days there"
    TOO_LONG = "too_long", "it is longer than a day there"


class CalendarEvent(TenantModel):
    """One appointment in one connected calendar: what should be there follows from the appointment itself.

    `wanted_version` counts our changes, `wanted_at` is the last of them; `confirmed_version` is the one the calendar
    has. `base_starts_at` and `base_ends_at` are the times on which both sides last agreed, empty while the event is not
    in the calendar. `is_unanswered` stands while a write has begun whose answer is not recorded: what the calendar
    holds may be ours. `must_look` has the event read before anything is done. `generation` goes into the key under
    which an event is created, so that a new event is not taken for the deleted one.

    `outside_starts_at` and `outside_ends_at` are where somebody moved it to when the appointment could not follow, and
    `problem` why not; `error` is what the provider's last refusal means, in plain words.
    """

    appointment = TenantForeignKey(Appointment, on_delete=models.CASCADE, related_name="calendar_events")
    connection = TenantForeignKey(CalendarConnection, on_delete=models.CASCADE, related_name="events")
    event_id = models.CharField(max_length=1024, blank=True, db_default="")
    etag = models.CharField(max_length=255, blank=True, db_default="")
    generation = models.PositiveIntegerField(default=0, db_default=0)
    wanted_version = models.PositiveIntegerField(default=1, db_default=1)
    wanted_at = models.DateTimeField()
    confirmed_version = models.PositiveIntegerField(default=0, db_default=0)
    base_starts_at = models.DateTimeField(null=True, blank=True)
    base_ends_at = models.DateTimeField(null=True, blank=True)
    is_unanswered = models.BooleanField(default=False, db_default=False)
    must_look = models.BooleanField(default=False, db_default=False)

    state = models.CharField(max_length=8, choices=EventState.choices, default=EventState.PENDING, db_default="pending")
    problem = models.CharField(max_length=10, choices=EventProblem.choices, blank=True, db_default="")
    outside_starts_at = models.DateTimeField(null=True, blank=True)
    outside_ends_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=300, blank=True, db_default="")
    attempts = models.PositiveIntegerField(default=0, db_default=0)
    due_at = models.DateTimeField(null=True, blank=True)
    claim = models.UUIDField(null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "calendar_events"
        constraints = [
            models.UniqueConstraint(
                fields=["org", "appointment", "connection"], name="calendar_events_org_appointment_connection_key"
            ),
            models.CheckConstraint(name="calendar_events_state_known", condition=Q(state__in=EventState.values)),
        ]
        indexes = [
            models.Index(
                fields=["org", "connection", "due_at"],
                name="calendar_events_org_due_idx",
                condition=Q(due_at__isnull=False),
            ),
            models.Index(fields=["org", "connection", "event_id"], name="calendar_events_org_event_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.appointment_id} in {self.connection_id}"
