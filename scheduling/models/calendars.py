"""The clinic's own calendars as far as booking needs them: which are connected, and when they are busy.

Of an event only its times are kept: no title, no attendee, no description ever reaches these tables or a log.
"""

from django.db import models
from django.db.models import F, Q

from orgs.tenancy import TenantForeignKey, TenantModel
from scheduling.models.diary import Practitioner


class CalendarProvider(models.TextChoices):
    """Who keeps a calendar; the same words as `credentials.types.Provider`."""

    GOOGLE = "google_calendar", "Google Calendar"
    OUTLOOK = "outlook_calendar", "Outlook Calendar"


class ConnectionState(models.TextChoices):
    """How the reading of a calendar stands."""

    CONNECTING = "connecting", "Reading for the first time"
    SYNCED = "synced", "Up to date"
    RETRYING = "retrying", "Trying again"
    ATTENTION = "attention", "Needs attention"


class CalendarConnection(TenantModel):
    """A calendar that somebody connected: there while its credential is, read again and again.

    `practitioner` is whose diary its events block, empty for the whole clinic. `time_zone` is the calendar's own where
    the provider tells it. `connected_at` is when this account was connected, or connected again.

    Reading: `sync_token` is where the provider's list of changes goes on, empty for a full reading. A full reading
    marks what it sees with a new `generation`, covers `window_start` to `window_end`, and at its end what has another
    generation is gone. `due_at` is when a sweeper wakes the next reading, `claim` the one worker that reads, `poked_at`
    when the provider last told us of a change, `attempts` how often it failed since it last went well.

    `stale_since` is when an incident began: the calendar was not read for too long. It is empty while all is well.
    `stale_told_at` is when the admins were told of it. `drift` counts events of ours that differ from the calendar.

    The channel is where the provider tells of changes; of its secret only a hash is kept. `channel_due_at` is when to
    open the next one.
    """

    provider = models.CharField(max_length=20, choices=CalendarProvider.choices)
    calendar_id = models.CharField(max_length=255, default="primary")
    practitioner = TenantForeignKey(Practitioner, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    time_zone = models.CharField(max_length=64, blank=True)
    connected_at = models.DateTimeField()

    state = models.CharField(max_length=12, choices=ConnectionState.choices, default=ConnectionState.CONNECTING)
    error = models.CharField(max_length=300, blank=True)
    sync_token = models.TextField(blank=True)
    generation = models.UUIDField(null=True, blank=True)
    window_start = models.DateTimeField(null=True, blank=True)
    window_end = models.DateTimeField(null=True, blank=True)
    last_synced_at = models.DateTimeField(null=True, blank=True)
    last_full_sync_at = models.DateTimeField(null=True, blank=True)
    poked_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(null=True, blank=True)
    claim = models.UUIDField(null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)

    checked_at = models.DateTimeField(null=True, blank=True)
    stale_since = models.DateTimeField(null=True, blank=True)
    stale_told_at = models.DateTimeField(null=True, blank=True)
    drift = models.PositiveIntegerField(default=0)
    drift_checked_at = models.DateTimeField(null=True, blank=True)

    channel_id = models.CharField(max_length=255, blank=True)
    channel_resource = models.CharField(max_length=255, blank=True)
    channel_secret_hash = models.CharField(max_length=64, blank=True)
    channel_expires_at = models.DateTimeField(null=True, blank=True)
    channel_due_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "calendar_connections"
        constraints = [
            models.UniqueConstraint(fields=["org", "provider"], name="calendar_connections_org_provider_key"),
            models.CheckConstraint(
                name="calendar_connections_provider_known", condition=Q(provider__in=CalendarProvider.values)
            ),
        ]
        indexes = [models.Index(fields=["org", "due_at"], name="calendar_connections_org_due")]

    def __str__(self) -> str:
        return f"{self.provider} of {self.org_id}"


class CalendarBusyBlock(TenantModel):
    """A time that an outside event takes: [starts_at, ends_at). Moved, deleted and freed ones follow the calendar.

    `practitioner` repeats the connection's, so that availability reads one table.
    """

    connection = TenantForeignKey(CalendarConnection, on_delete=models.CASCADE, related_name="blocks")
    event_id = models.CharField(max_length=1024)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    practitioner = TenantForeignKey(Practitioner, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    generation = models.UUIDField(null=True, blank=True)

    class Meta:
        db_table = "calendar_busy_blocks"
        constraints = [
            models.UniqueConstraint(fields=["org", "connection", "event_id"], name="calendar_busy_blocks_event_key"),
            models.CheckConstraint(name="calendar_busy_blocks_order", condition=Q(ends_at__gt=F("starts_at"))),
        ]
        indexes = [models.Index(fields=["org", "ends_at", "starts_at"], name="calendar_busy_blocks_org_time")]

    def __str__(self) -> str:
        return f"busy {self.starts_at:%Y-%m-%d %H:%M}–{self.ends_at:%H:%M}"
