"""Calls, their transcripts and tool calls, and the inbox that Vapi's messages land in first."""

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now

from calls.days import CallDay
from calls.reconciling.models import AccountReading
from calls.recordings.models import Recording, RecordingShare, RecordingState
from contacts.models import LeadStatus
from orgs.models import E164_PATTERN, validate_e164
from orgs.tenancy import TenantForeignKey, TenantModel
from voxanne.clock import now
from voxanne.ids import uuid7
from voxanne.search import backwards, by_beginning, last_word

__all__ = ["AccountReading", "CallDay", "Recording", "RecordingShare", "RecordingState"]

UNKNOWN_CALLER = "Unknown Caller"
# Vapi's report follows a call's end within a minute or two; what is silent for longer is asked about.
SILENT_FOR = timedelta(minutes=10)
_NAMED = ~Q(caller_name=UNKNOWN_CALLER)  # who calls is learned after the first messages, which need not wait for it


class CallType(models.TextChoices):
    INBOUND = "inbound", "Inbound"
    OUTBOUND = "outbound", "Outbound"


class CallStatus(models.TextChoices):
    """Where a call stands. The order is the order of life: a later message never moves a call back."""

    QUEUED = "queued", "Queued"
    RINGING = "ringing", "Ringing"
    IN_PROGRESS = "in-progress", "In progress"
    FORWARDING = "forwarding", "Forwarding"
    COMPLETED = "completed", "Completed"
    FAILED = "failed", "Failed"


LIVE_STATUSES = (CallStatus.QUEUED, CallStatus.RINGING, CallStatus.IN_PROGRESS, CallStatus.FORWARDING)


class Outcome(models.TextChoices):
    """What a finished call came to."""

    BOOKED = "booked", "Booked"
    TRANSFERRED = "transferred", "Put through"
    NOT_REACHED = "not_reached", "Nobody reached"
    VOICEMAIL = "voicemail", "Voicemail"
    NO_ANSWER = "no_answer", "No answer"
    HUNG_UP = "hung_up", "Hung up"
    COMPLETED = "completed", "Answered"
    FAILED = "failed", "Failed"


class RecordingStatus(models.TextChoices):
    PENDING = "pending", "Pending"
    PROCESSING = "processing", "Processing"
    COMPLETED = "completed", "Completed"
    FAILED = "failed", "Failed"


class Call(TenantModel):
    """One phone call. Its columns are a pure function of `facts`, so the order of Vapi's messages does not matter.

    `phone_number` is the other party; `call_sid` is `vapi-<id>` until a carrier's id is known. What a call was worth
    and how far it brought the lead (`financial_value`, `matched_services`, `lead_stage`) is found once it has ended.
    `report_due_at` is when Vapi is asked what became of the call; None once its report is in, or nobody knows more.
    """

    agent = TenantForeignKey("agents.Agent", null=True, on_delete=models.SET_NULL, related_name="calls")
    contact = TenantForeignKey("contacts.Contact", null=True, on_delete=models.SET_NULL, related_name="calls")
    vapi_call_id = models.CharField(max_length=64)
    call_sid = models.CharField(max_length=80)
    call_type = models.CharField(max_length=10, choices=CallType.choices, default=CallType.INBOUND)
    status = models.CharField(max_length=12, choices=CallStatus.choices, default=CallStatus.QUEUED)
    outcome = models.CharField(max_length=12, choices=Outcome.choices, blank=True)
    from_number = models.CharField(max_length=40, blank=True)
    to_number = models.CharField(max_length=40, blank=True)
    phone_number = models.CharField(max_length=40, blank=True)
    caller_name = models.CharField(max_length=120, default=UNKNOWN_CALLER)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    duration_seconds = models.PositiveIntegerField(null=True)
    total_cost = models.DecimalField(max_digits=10, decimal_places=4, null=True)
    ended_reason = models.CharField(max_length=120, blank=True)
    outcome_summary = models.TextField(blank=True)
    sentiment = models.CharField(max_length=12, blank=True)
    sentiment_label = models.CharField(max_length=12, blank=True)
    sentiment_score = models.FloatField(null=True)
    sentiment_summary = models.TextField(blank=True)
    sentiment_urgency = models.CharField(max_length=12, blank=True)
    sentiment_source = models.CharField(max_length=24, blank=True)
    recording_url = models.TextField(blank=True)
    recording_status = models.CharField(max_length=12, choices=RecordingStatus.choices, blank=True)
    transfer_to = models.CharField(max_length=255, blank=True)
    transfer_time = models.DateTimeField(null=True)
    transfer_reason = models.TextField(blank=True)
    booking_confirmed = models.BooleanField(default=False)
    financial_value = models.PositiveIntegerField(null=True)
    matched_services = models.JSONField(default=list)
    lead_stage = models.CharField(max_length=10, choices=LeadStatus.choices, blank=True, db_default="")
    metadata = models.JSONField(default=dict)
    facts = models.JSONField(default=dict)
    report_due_at = models.DateTimeField(null=True, db_default=Now() + SILENT_FOR)
    caller_key = models.GeneratedField(
        expression=Lower("caller_name"), output_field=models.CharField(max_length=240), db_persist=True
    )
    caller_last = models.GeneratedField(
        expression=last_word("caller_name"), output_field=models.CharField(max_length=240), db_persist=True
    )
    phone_backwards = models.GeneratedField(
        expression=backwards("phone_number"), output_field=models.CharField(max_length=40), db_persist=True
    )

    class Meta:
        db_table = "call_logs"
        constraints = [
            models.UniqueConstraint(fields=["org", "vapi_call_id"], name="call_logs_org_vapi_call_key"),
            models.CheckConstraint(name="call_logs_status_known", condition=Q(status__in=CallStatus.values)),
            models.CheckConstraint(name="call_logs_type_known", condition=Q(call_type__in=CallType.values)),
            models.CheckConstraint(
                name="call_logs_score_range",
                condition=Q(sentiment_score__isnull=True) | Q(sentiment_score__gte=0, sentiment_score__lte=1),
            ),
        ]
        indexes = [
            models.Index(fields=["org", "-created_at", "-id"], name="call_logs_org_created_idx"),
            models.Index(fields=["org", "outcome", "-created_at", "-id"], name="call_logs_org_outcome_idx"),
            models.Index(
                fields=["org", "-duration_seconds", "-id"],
                condition=Q(duration_seconds__isnull=False),
                name="call_logs_org_longest_idx",
            ),
            models.Index(
                fields=["org", "-financial_value", "-id"],
                condition=Q(financial_value__isnull=False),
                name="call_logs_org_value_idx",
            ),
            models.Index(fields=["org", "phone_number", "-created_at"], name="call_logs_org_phone_idx"),
            by_beginning("caller_key", name="call_logs_search_name_idx", condition=_NAMED),
            by_beginning("caller_last", name="call_logs_search_last_idx", condition=_NAMED),
            by_beginning("phone_backwards", name="call_logs_search_phone_idx"),
            models.Index(
                fields=["report_due_at"], condition=Q(report_due_at__isnull=False), name="call_logs_report_due_idx"
            ),
            models.Index(
                fields=["org", "created_at"],
                include=[
                    "call_type",
                    "status",
                    "booking_confirmed",
                    "duration_seconds",
                    "sentiment_label",
                    "financial_value",
                ],
                name="call_logs_org_days_idx",
            ),
        ]

    def __str__(self) -> str:
        return f"call {self.pk}"

    @property
    def is_live(self) -> bool:
        """Whether the people are still on the line."""
        return self.status in LIVE_STATUSES

    @property
    def service_names(self) -> list[str]:
        """What the caller named of the price list, wanted things first."""
        return [str(one["name"]) for one in self.matched_services]


class OutboundPurpose(models.TextChoices):
    """Why we call."""

    CALL_BACK = "call_back", "Call back"
    TEST_CALL = "test_call", "Test call"
    CAMPAIGN = "campaign", "Campaign"


class OutboundState(models.TextChoices):
    """What is known about a call that somebody wants placed."""

    CLAIMED = "claimed", "Being placed"
    UNKNOWN = "unknown", "Not confirmed"
    PLACED = "placed", "Placed"
    FAILED = "failed", "Not placed"


UNSETTLED_STATES = (OutboundState.CLAIMED, OutboundState.UNKNOWN)


class OutboundCall(TenantModel):
    """Somebody's wish to have a person called: one wish is one call, whatever happens on the way.

    The row is there before Vapi is asked. While it is claimed or unknown nobody can say whether the telephone rings;
    the reconciler then asks Vapi, from `due_at` on, and holds the row until `claimed_until` while it does. The agent
    and number are those of the attempt, so that the call is looked for where it was asked for. `problem` is a sentence
    for staff.
    """

    idempotency_key = models.CharField(max_length=200)
    purpose = models.CharField(max_length=10, choices=OutboundPurpose.choices)
    call = TenantForeignKey(Call, null=True, on_delete=models.SET_NULL, related_name="outbound_calls")
    agent = TenantForeignKey("agents.Agent", null=True, on_delete=models.SET_NULL, related_name="+")
    contact = TenantForeignKey("contacts.Contact", null=True, on_delete=models.SET_NULL, related_name="+")
    phone_number = models.CharField(max_length=16, validators=[validate_e164])
    vapi_assistant_id = models.CharField(max_length=64)
    vapi_phone_number_id = models.CharField(max_length=64)
    vapi_call_id = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=8, choices=OutboundState.choices, default=OutboundState.CLAIMED)
    problem_code = models.CharField(max_length=40, blank=True)
    problem = models.CharField(max_length=300, blank=True)
    attempt = models.PositiveSmallIntegerField(default=1)
    attempted_at = models.DateTimeField(default=now)
    claim = models.UUIDField(null=True)
    claimed_until = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    placed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "outbound_calls"
        constraints = [
            models.UniqueConstraint(fields=["org", "idempotency_key"], name="outbound_calls_org_key"),
            models.UniqueConstraint(
                fields=["org", "vapi_call_id"], condition=Q(vapi_call_id__gt=""), name="outbound_calls_org_vapi_key"
            ),
            models.CheckConstraint(
                name="outbound_calls_purpose_known", condition=Q(purpose__in=OutboundPurpose.values)
            ),
            models.CheckConstraint(name="outbound_calls_state_known", condition=Q(state__in=OutboundState.values)),
            models.CheckConstraint(name="outbound_calls_e164", condition=Q(phone_number__regex=E164_PATTERN)),
            models.CheckConstraint(
                name="outbound_calls_placed_has_id", condition=~Q(state=OutboundState.PLACED) | Q(vapi_call_id__gt="")
            ),
        ]
        indexes = [
            models.Index(fields=["org", "-created_at"], name="outbound_calls_org_recent_idx"),
            models.Index(fields=["org", "phone_number", "-created_at"], name="outbound_calls_org_phone_idx"),
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="outbound_calls_due_idx"),
        ]

    def __str__(self) -> str:
        return f"outbound call {self.pk}"

    @property
    def is_settled(self) -> bool:
        """Whether it is known what became of the wish."""
        return self.state not in UNSETTLED_STATES


class TranscriptLine(TenantModel):
    """One thing that was said. Live lines are replaced by the report's when the call has ended."""

    call = TenantForeignKey(Call, on_delete=models.CASCADE, related_name="lines")
    role = models.CharField(max_length=12, choices=[("caller", "Caller"), ("assistant", "Assistant")])
    text = models.TextField()
    ordinal = models.BigIntegerField()
    start_offset_ms = models.PositiveIntegerField(null=True)
    spoken_at = models.DateTimeField(null=True)
    is_final = models.BooleanField(default=False)

    class Meta:
        db_table = "call_transcripts"
        constraints = [
            models.UniqueConstraint(
                fields=["org", "call", "is_final", "ordinal", "role"], name="call_transcripts_line_key"
            )
        ]

    def __str__(self) -> str:
        return f"line {self.ordinal} of {self.call_id}"


class ToolInvocation(TenantModel):
    """One question of the assistant during a call and our answer: idempotency, timeline and latency metric."""

    call = TenantForeignKey(Call, null=True, on_delete=models.CASCADE, related_name="tool_invocations")
    vapi_call_id = models.CharField(max_length=64, blank=True)
    tool_call_id = models.CharField(max_length=120)
    tool_name = models.CharField(max_length=64)
    arguments = models.JSONField(default=dict)
    answer = models.JSONField(null=True)
    succeeded = models.BooleanField(default=False)
    duration_ms = models.FloatField(null=True)
    start_offset_ms = models.PositiveIntegerField(null=True)

    class Meta:
        db_table = "tool_invocations"
        constraints = [
            models.UniqueConstraint(
                fields=["org", "vapi_call_id", "tool_call_id"], name="tool_invocations_call_tool_key"
            )
        ]
        indexes = [models.Index(fields=["org", "tool_name", "-created_at"], name="tool_invocations_org_tool_idx")]

    def __str__(self) -> str:
        return f"{self.tool_name} {self.tool_call_id}"


class WebhookEvent(TenantModel):
    """One message of Vapi's as it came: stored before anything is done with it, kept until a task has finished it.

    `payload` is encrypted with the organisation's key and emptied after seven days.
    """

    provider = models.CharField(max_length=12, default="vapi")
    event_type = models.CharField(max_length=60)
    vapi_call_id = models.CharField(max_length=64, blank=True)
    dedupe_key = models.CharField(max_length=200)
    payload = models.TextField(blank=True)
    received_at = models.DateTimeField(default=now)
    processed_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=now)
    dead_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "webhook_events"
        constraints = [models.UniqueConstraint(fields=["org", "dedupe_key"], name="webhook_events_org_dedupe_key")]
        indexes = [
            models.Index(
                fields=["org", "vapi_call_id", "received_at", "id"],
                condition=Q(processed_at__isnull=True, dead_at__isnull=True),
                name="webhook_events_pending_idx",
            ),
            models.Index(
                fields=["next_attempt_at"],
                condition=Q(processed_at__isnull=True, dead_at__isnull=True),
                name="webhook_events_due_idx",
            ),
            models.Index(fields=["org", "-received_at"], name="webhook_events_org_recent_idx"),
            models.Index(
                fields=["dead_at"],
                condition=Q(processed_at__isnull=True, dead_at__isnull=False),
                name="webhook_events_dead_idx",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_type} {self.pk}"


class UnresolvedWebhook(models.Model):
    """A genuine message (signed with the platform's secret) of an assistant or number that nobody here has.

    Not a tenant's row: whose it is, is exactly what is not known. Platform admins see it and can replay it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    event_type = models.CharField(max_length=60)
    vapi_call_id = models.CharField(max_length=64, blank=True)
    assistant_id = models.CharField(max_length=64, blank=True)
    dedupe_key = models.CharField(max_length=200, unique=True)
    payload = models.TextField(blank=True)
    received_at = models.DateTimeField(default=now)
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "unresolved_webhooks"
        indexes = [models.Index(fields=["-received_at"], name="unresolved_webhooks_recent_idx")]

    def __str__(self) -> str:
        return f"{self.event_type} of {self.assistant_id or 'unknown'}"
