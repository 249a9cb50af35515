"""What patients are told before they come: what a clinic chose, and one row for each reminder of each visit."""

from datetime import time

from django.db import models
from django.db.models import Q

from orgs.tenancy import TenantForeignKey, TenantModel
from scheduling.models.diary import Appointment


class ReminderChannel(models.TextChoices):
    """How a patient is told."""

    SMS = "sms", "SMS"
    EMAIL = "email", "Email"


class ReminderKind(models.TextChoices):
    """Why there is one: a lead time, the booking, somebody who asked for it, or a calendar that has to follow."""

    LEAD = "lead", "Reminder"
    CONFIRMATION = "confirmation", "Booking confirmation"
    BY_HAND = "by_hand", "Sent by your team"
    CALENDAR = "calendar", "Update of the patient’s calendar"


class ReminderState(models.TextChoices):
    """Where a reminder stands. `handed` is on its way: the message has a life of its own, and says how it ended."""

    DUE = "due", "Planned"
    HANDED = "handed", "On its way"
    SENT = "sent", "Delivered"
    SKIPPED = "skipped", "Not sent"
    FAILED = "failed", "Not delivered"
    UNKNOWN = "unknown", "Perhaps sent"


SMS_TEXT = "{clinic}: Hi {name}, your appointment is on {date} at {time}. Reply C to confirm or R to change it."
EMAIL_SUBJECT = "Your appointment at {clinic} on {date}"
EMAIL_TEXT = (
    "Hello {name},\n\nthis is a reminder of your appointment at {clinic} on {date} at {time}. "
    "Your reference is {reference}.\n\nIf you cannot come, let us know as soon as you can."
)
CONFIRMATION_TEXT = "{clinic}: Hi {name}, you are booked on {date} at {time}. Your reference is {reference}."


def usual_leads() -> list[dict[str, int | str]]:
    """A day and two hours before a visit, by SMS."""
    return [
        {"minutes": 24 * 60, "channel": ReminderChannel.SMS.value},
        {"minutes": 2 * 60, "channel": ReminderChannel.SMS.value},
    ]


class ReminderSettings(TenantModel):
    """One row an organisation; a clinic that chose nothing has the usual ones.

    `leads` holds how long before a visit and by what: `{"minutes": 1440, "channel": "sms"}`. `confirmation` is the
    channel of a message after each booking, "" for none. Nothing goes out between `quiet_from` and `quiet_until` by
    the clinic's clock; equal times mean no quiet hours. While `replan_at` is set, planned reminders do not follow
    these choices yet.
    """

    leads = models.JSONField(default=usual_leads)
    confirmation = models.CharField(max_length=5, choices=ReminderChannel.choices, blank=True)
    sms_text = models.TextField(default=SMS_TEXT)
    email_subject = models.CharField(max_length=150, default=EMAIL_SUBJECT)
    email_text = models.TextField(default=EMAIL_TEXT)
    confirmation_text = models.TextField(default=CONFIRMATION_TEXT)
    quiet_from = models.TimeField(default=time(20))
    quiet_until = models.TimeField(default=time(8))
    chosen_at = models.DateTimeField(null=True, blank=True)
    replan_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "reminder_settings"
        verbose_name_plural = "reminder settings"
        constraints = [models.UniqueConstraint(fields=["org"], name="reminder_settings_org_key")]
        indexes = [
            models.Index(
                fields=["replan_at"], condition=Q(replan_at__isnull=False), name="reminder_settings_replan_idx"
            )
        ]

    def __str__(self) -> str:
        return f"reminders of {self.org_id}"


class Reminder(TenantModel):
    """One reminder of one visit at one time: what should be, and what came of it.

    `starts_at` is the time it is about: a visit that has moved since is not reminded of it. `due_at` is when it is to
    go out. While `wake_at` is set a worker looks at it then. `reason` says in a sentence why it was moved, skipped or
    lost. `channel` is the wished one until it was handed over, then the one it went by.
    """

    appointment = TenantForeignKey(Appointment, on_delete=models.CASCADE, related_name="reminders")
    kind = models.CharField(max_length=12, choices=ReminderKind.choices, default=ReminderKind.LEAD)
    lead_minutes = models.PositiveIntegerField(default=0)
    starts_at = models.DateTimeField()
    due_at = models.DateTimeField()
    wake_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=7, choices=ReminderState.choices, default=ReminderState.DUE)
    channel = models.CharField(max_length=5, choices=ReminderChannel.choices)
    reason = models.CharField(max_length=300, blank=True)
    message = TenantForeignKey("telephony.Message", null=True, on_delete=models.SET_NULL, related_name="+")
    handed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "appointment_reminders"
        constraints = [
            # Never twice: the same visit at the same time has each of its reminders once.
            models.UniqueConstraint(
                fields=["org", "appointment", "starts_at", "kind", "lead_minutes"],
                name="appointment_reminders_once_key",
                condition=Q(kind__in=[ReminderKind.LEAD, ReminderKind.CONFIRMATION]),
            ),
            models.CheckConstraint(
                name="appointment_reminders_state_known", condition=Q(state__in=ReminderState.values)
            ),
            models.CheckConstraint(
                name="appointment_reminders_channel_known", condition=Q(channel__in=ReminderChannel.values)
            ),
            models.CheckConstraint(name="appointment_reminders_kind_known", condition=Q(kind__in=ReminderKind.values)),
        ]
        indexes = [
            models.Index(fields=["org", "appointment", "due_at"], name="appointment_reminders_of_idx"),
            models.Index(fields=["org", "message"], name="appointment_reminders_msg_idx"),
            # The platform's sweep asks for all organisations at once.
            models.Index(fields=["wake_at"], condition=Q(wake_at__isnull=False), name="appointment_reminders_wake_idx"),
        ]

    def __str__(self) -> str:
        return f"reminder {self.pk}"
