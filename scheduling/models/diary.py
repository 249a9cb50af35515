"""Who can be booked, when the clinic is open, and what is booked.

No two living appointments of a practitioner overlap: the exclusion constraint `appointments_no_double_booking` (in the
first migration) says so, over `blocked`, which holds the visit and its buffers. Reads filter on the scalar times: range
operators do not reach an index under row-level security.
"""

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import F, Q

from orgs.tenancy import TenantForeignKey, TenantModel


class Weekday(models.IntegerChoices):
    """As `date.weekday()` counts."""

    MONDAY = 0, "Monday"
    TUESDAY = 1, "Tuesday"
    WEDNESDAY = 2, "Wednesday"
    THURSDAY = 3, "Thursday"
    FRIDAY = 4, "Friday"
    SATURDAY = 5, "Saturday"
    SUNDAY = 6, "Sunday"


class AppointmentStatus(models.TextChoices):
    """Where an appointment stands. `held` is a promise to a caller that ends by itself at `held_until`."""

    HELD = "held", "Held"
    PENDING = "pending", "Pending"
    CONFIRMED = "confirmed", "Confirmed"
    CANCELLED = "cancelled", "Cancelled"
    COMPLETED = "completed", "Took place"
    NO_SHOW = "no_show", "Did not come"


class AppointmentSource(models.TextChoices):
    """Who made an appointment."""

    AI_CALL = "ai_call", "Receptionist"
    STAFF = "staff", "Your team"
    IMPORT = "import", "Import"
    CALENDAR = "calendar", "Calendar"


class CalendarSyncState(models.TextChoices):
    """How an appointment stands in the clinic's own calendar."""

    NONE = "none", "No calendar"
    PENDING = "pending", "On its way"
    SYNCED = "synced", "In the calendar"
    FAILED = "failed", "Not in the calendar"
    DIFFERS = "differs", "Moved in the calendar"


class Practitioner(TenantModel):
    """Somebody or something that can be booked. The id is a number because the exclusion constraint needs a range."""

    id = models.BigAutoField(primary_key=True)  # type: ignore[assignment]
    name = models.CharField(max_length=80)
    is_active = models.BooleanField(default=True)

    class Meta:
        db_table = "practitioners"
        indexes = [models.Index(fields=["org", "is_active", "id"], name="practitioners_org_active_idx")]

    def __str__(self) -> str:
        return self.name


class PractitionerService(TenantModel):
    """A practitioner can do a service. A service without any such row can be done by everybody."""

    practitioner = TenantForeignKey(Practitioner, on_delete=models.CASCADE, related_name="+")
    service = TenantForeignKey("contacts.Service", on_delete=models.CASCADE, related_name="+")

    class Meta:
        db_table = "practitioner_services"
        constraints = [
            models.UniqueConstraint(fields=["org", "practitioner", "service"], name="practitioner_services_key")
        ]

    def __str__(self) -> str:
        return f"{self.practitioner_id} does {self.service_id}"


class BusinessHours(TenantModel):
    """One interval of a weekday in the clinic's wall-clock time; a weekday may have several.

    Rows without a practitioner are the clinic's. A practitioner with rows of their own works by those alone.
    `closes_at` 00:00 is midnight at the end of the day.
    """

    practitioner = TenantForeignKey(Practitioner, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    weekday = models.PositiveSmallIntegerField(choices=Weekday.choices)
    opens_at = models.TimeField()
    closes_at = models.TimeField()

    class Meta:
        db_table = "business_hours"
        verbose_name_plural = "business hours"
        constraints = [
            models.CheckConstraint(name="business_hours_weekday", condition=Q(weekday__in=Weekday.values)),
            models.CheckConstraint(
                name="business_hours_order", condition=Q(closes_at__gt=F("opens_at")) | Q(closes_at="00:00")
            ),
        ]
        indexes = [models.Index(fields=["org", "weekday"], name="business_hours_org_day_idx")]

    def __str__(self) -> str:
        return f"{Weekday(self.weekday).label} {self.opens_at:%H:%M}–{self.closes_at:%H:%M}"


class Closure(TenantModel):
    """Days on which the clinic, or one practitioner, is away: both dates inclusive.

    With times it closes only that part of each of the days; `ends_at` 00:00 is midnight at the end of the day.
    """

    practitioner = TenantForeignKey(Practitioner, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    first_day = models.DateField()
    last_day = models.DateField()
    starts_at = models.TimeField(null=True, blank=True)
    ends_at = models.TimeField(null=True, blank=True)
    reason = models.CharField(max_length=120, blank=True)

    class Meta:
        db_table = "closures"
        constraints = [
            models.CheckConstraint(name="closures_day_order", condition=Q(last_day__gte=F("first_day"))),
            models.CheckConstraint(
                name="closures_time_order",
                condition=Q(starts_at__isnull=True, ends_at__isnull=True)
                | Q(starts_at__isnull=False, ends_at__isnull=False, ends_at__gt=F("starts_at"))
                | Q(starts_at__isnull=False, ends_at__isnull=False, ends_at="00:00"),
            ),
        ]
        indexes = [models.Index(fields=["org", "last_day"], name="closures_org_last_day_idx")]

    def __str__(self) -> str:
        return f"closed {self.first_day}–{self.last_day}"


class SchedulingSettings(TenantModel):
    """One row an organisation: what callers may change by themselves, and what waits for a person.

    `change_notice_minutes` is how long before a visit a caller may still move or cancel it; the team always may.
    """

    change_notice_minutes = models.PositiveIntegerField(default=24 * 60)
    callers_may_change = models.BooleanField(default=True)
    needs_approval = models.BooleanField(default=False)

    class Meta:
        db_table = "scheduling_settings"
        verbose_name_plural = "scheduling settings"
        constraints = [models.UniqueConstraint(fields=["org"], name="scheduling_settings_org_key")]

    def __str__(self) -> str:
        return f"scheduling of {self.org_id}"


class Appointment(TenantModel):
    """A visit, or a slot held for a caller.

    `blocked` is the half-open range that nobody else may use: the visit with its buffers as they were when it was made.
    `time_zone` is the clinic's zone at that moment. `patient_name` is who comes, which need not be who called.
    `call_id` is the call it was made in. `attendance_confirmed_at` is when the patient said that they come at this
    time, which approves nothing; `change_requested_at` when they asked for another. `revision` counts moves and the
    cancellation, so that a calendar that was sent an older one knows.
    """

    contact = TenantForeignKey("contacts.Contact", null=True, on_delete=models.PROTECT, related_name="appointments")
    practitioner = TenantForeignKey(Practitioner, on_delete=models.PROTECT, related_name="appointments")
    service = TenantForeignKey("contacts.Service", null=True, on_delete=models.PROTECT, related_name="appointments")
    patient_name = models.CharField(max_length=120, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    blocked = DateTimeRangeField()
    time_zone = models.CharField(max_length=64)
    status = models.CharField(max_length=10, choices=AppointmentStatus.choices, default=AppointmentStatus.CONFIRMED)
    held_until = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=10, choices=AppointmentSource.choices)
    call_id = models.UUIDField(null=True, blank=True)
    reference = models.CharField(max_length=8)
    idempotency_key = models.CharField(max_length=200, blank=True)
    notes = models.TextField(blank=True)
    confirmation_sent = models.BooleanField(default=False)
    attendance_confirmed_at = models.DateTimeField(null=True, blank=True)
    change_requested_at = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=0, db_default=0)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.CharField(max_length=200, blank=True, db_default="")
    calendar_event_id = models.CharField(max_length=255, blank=True)
    calendar_sync_state = models.CharField(
        max_length=10, choices=CalendarSyncState.choices, default=CalendarSyncState.NONE
    )

    class Meta:
        db_table = "appointments"
        constraints = [
            models.UniqueConstraint(fields=["org", "reference"], name="appointments_org_reference_key"),
            models.UniqueConstraint(
                fields=["org", "idempotency_key"],
                name="appointments_org_idempotency_key",
                condition=Q(idempotency_key__gt=""),
            ),
            models.CheckConstraint(name="appointments_order", condition=Q(ends_at__gt=F("starts_at"))),
            models.CheckConstraint(name="appointments_status_known", condition=Q(status__in=AppointmentStatus.values)),
            models.CheckConstraint(name="appointments_source_known", condition=Q(source__in=AppointmentSource.values)),
            models.CheckConstraint(
                name="appointments_held_until",
                condition=Q(status=AppointmentStatus.HELD, held_until__isnull=False)
                | (~Q(status=AppointmentStatus.HELD) & Q(held_until__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(fields=["org", "practitioner", "starts_at"], name="appointments_org_diary_idx"),
            models.Index(fields=["org", "starts_at", "id"], name="appointments_org_starts_idx"),
            models.Index(fields=["org", "call_id"], name="appointments_org_call_idx"),
            models.Index(fields=["org", "created_at"], name="appointments_org_created_idx"),
            models.Index(
                fields=["org", "held_until"],
                name="appointments_org_held_idx",
                condition=Q(status=AppointmentStatus.HELD),
            ),
        ]

    def __str__(self) -> str:
        return f"appointment {self.reference}"

    @property
    def who(self) -> str:
        """The patient, as people read it."""
        return self.patient_name or (self.contact.name if self.contact else "") or "Unknown patient"

    @property
    def what(self) -> str:
        """What it is for, as people read it."""
        return self.service.name if self.service else "Appointment"
