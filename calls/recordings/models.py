"""The recording of a call, and the links by which people outside may listen to it."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from orgs.tenancy import TenantForeignKey, TenantModel

SHARED_FOR = timedelta(hours=24)


class RecordingState(models.TextChoices):
    """How far a recording has come. Deleted ones leave their row, so that it can be said when and why."""

    PENDING = "pending", "Waiting"
    PROCESSING = "processing", "Being fetched"
    COMPLETED = "completed", "Ready"
    FAILED = "failed", "Not available"
    DELETED = "deleted", "Deleted"


UNFETCHED_STATES = (RecordingState.PENDING, RecordingState.PROCESSING)


class Recording(TenantModel):
    """The sound of one call: where Vapi has it, and the encrypted file that we keep of it.

    `locator` is Vapi's identifier: private, never a link, shown to nobody. `attempts` counts tries, before each one;
    `claim` is held by the one worker that fetches it, until `claimed_until`; `due_at` is when a sweeper looks again
    (None: nothing to do). `storage_name` is written before the file is, so that a file never exists that no row names.
    `key_sealed` is the file's own key, sealed with the clinic's: without it the file is noise. `problem` is a sentence
    for staff. `recorded_at` is when the call ended: the clinic's retention counts from it.
    """

    call = TenantForeignKey("calls.Call", on_delete=models.CASCADE, related_name="recordings")
    locator = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=RecordingState.choices, default=RecordingState.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    claim = models.UUIDField(null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    problem_code = models.CharField(max_length=40, blank=True)
    problem = models.CharField(max_length=300, blank=True)
    content_type = models.CharField(max_length=40, blank=True)
    size_bytes = models.PositiveBigIntegerField(null=True, blank=True)
    seconds = models.FloatField(null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    storage_name = models.CharField(max_length=200, blank=True)
    key_sealed = models.TextField(blank=True)
    recorded_at = models.DateTimeField()
    fetched_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "recordings"
        constraints = [
            models.UniqueConstraint(fields=["org", "call"], name="recordings_org_call_key"),
            models.CheckConstraint(name="recordings_state_known", condition=Q(state__in=RecordingState.values)),
            models.CheckConstraint(
                name="recordings_completed_is_whole",
                condition=~Q(state=RecordingState.COMPLETED)
                | Q(storage_name__gt="", key_sealed__gt="", sha256__gt="", size_bytes__gt=0),
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="recordings_due_idx"),
            models.Index(
                fields=["org", "recorded_at"],
                condition=Q(state=RecordingState.COMPLETED),
                name="recordings_org_kept_idx",
            ),
        ]

    def __str__(self) -> str:
        return f"recording {self.pk}"

    @property
    def is_ready(self) -> bool:
        """Whether it can be listened to."""
        return self.state == RecordingState.COMPLETED


class RecordingShare(TenantModel):
    """A link by which somebody without an account may listen to one recording, for a day at most.

    Only the hash of its token is kept: the link itself stands in the email alone. The same `idempotency_key` is the
    same share.
    """

    recording = TenantForeignKey(Recording, on_delete=models.CASCADE, related_name="shares")
    token_hash = models.CharField(max_length=64)
    purpose = models.CharField(max_length=10, default="listen")
    email = models.EmailField()
    idempotency_key = models.CharField(max_length=200)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    openings = models.PositiveIntegerField(default=0)
    last_opened_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "recording_shares"
        constraints = [
            models.UniqueConstraint(fields=["org", "token_hash"], name="recording_shares_org_token_key"),
            models.UniqueConstraint(fields=["org", "idempotency_key"], name="recording_shares_org_key"),
            models.CheckConstraint(
                name="recording_shares_one_day", condition=Q(expires_at__lte=F("created_at") + SHARED_FOR)
            ),
        ]
        indexes = [models.Index(fields=["org", "recording", "-created_at"], name="recording_shares_org_rec_idx")]

    def __str__(self) -> str:
        return f"share {self.pk}"
