"""Messages to and from people, and who does not want any."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from orgs.models import E164_PATTERN, validate_e164
from orgs.tenancy import TenantForeignKey, TenantModel
from voxanne.search import backwards, by_beginning


class Channel(models.TextChoices):
    """How a message travels. An export is a file that somebody was given: it is kept with the rest, and not sent."""

    SMS = "sms", "SMS"
    WHATSAPP = "whatsapp", "WhatsApp"
    EMAIL = "email", "Email"
    EXPORT = "export", "Export"


class Direction(models.TextChoices):
    INBOUND = "inbound", "Received"
    OUTBOUND = "outbound", "Sent"


class ServiceProvider(models.TextChoices):
    """Who carries it."""

    TWILIO = "twilio", "Twilio"
    RESEND = "resend", "Resend"


class MessageStatus(models.TextChoices):
    """How far a message has come. `sent` means that the provider has it; `unknown` that nobody can say whether.

    `complained` is an email that arrived and was reported as spam.
    """

    QUEUED = "queued", "Waiting"
    SENDING = "sending", "Sending"
    SENT = "sent", "Sent"
    DELIVERED = "delivered", "Delivered"
    FAILED = "failed", "Not sent"
    UNDELIVERED = "undelivered", "Not delivered"
    COMPLAINED = "complained", "Reported as spam"
    UNKNOWN = "unknown", "Being checked"
    RECEIVED = "received", "Received"


class Message(TenantModel):
    """One text or email: the wish to send it, how that went, or what somebody wrote to the clinic.

    `recipient` is the other side's address, whichever way it went: E.164 or an email address; `sender` is the clinic's.
    `purpose` is a word for why (`reminder`, `waitlist_offer`, …). `error` tells staff what went wrong and what to do,
    `error_code` is the provider's own. `idempotency_key` is the one wish: asked again, it is the same row.

    `attempt` counts tries, `attempted_at` is the last one's; `service_account` is the account that it went through,
    because only that one can be asked about it. `claim` is held by the one worker that sends it or asks about it;
    `due_at` is when a sweeper looks again (None: nothing to do). After `expires_at` it is not sent any more.
    `attachments_sealed` holds an email's files until it is on its way.
    """

    direction = models.CharField(max_length=8, choices=Direction.choices, default=Direction.OUTBOUND)
    method = models.CharField(max_length=8, choices=Channel.choices)
    purpose = models.SlugField(max_length=40, blank=True, db_index=False)
    contact = TenantForeignKey(
        "contacts.Contact", null=True, blank=True, on_delete=models.SET_NULL, related_name="messages"
    )
    call = TenantForeignKey("calls.Call", null=True, blank=True, on_delete=models.SET_NULL, related_name="messages")
    appointment = TenantForeignKey(
        "scheduling.Appointment", null=True, blank=True, on_delete=models.SET_NULL, related_name="messages"
    )
    in_reply_to = TenantForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="replies")
    agent_id = models.UUIDField(null=True, blank=True)
    recipient = models.CharField(max_length=254, blank=True)
    sender = models.CharField(max_length=254, blank=True)
    subject = models.CharField(max_length=200, blank=True)
    content = models.TextField(blank=True)
    attachments_sealed = models.TextField(blank=True)
    media_count = models.PositiveSmallIntegerField(default=0)
    segments = models.PositiveSmallIntegerField(default=0)
    status = models.CharField(max_length=12, choices=MessageStatus.choices, default=MessageStatus.QUEUED)
    error = models.CharField(max_length=300, blank=True)
    error_code = models.CharField(max_length=60, blank=True)
    service_provider = models.CharField(max_length=10, choices=ServiceProvider.choices, blank=True)
    service_account = models.CharField(max_length=64, blank=True)
    external_message_id = models.CharField(max_length=64, blank=True)
    idempotency_key = models.CharField(max_length=200)
    counts_to_limit = models.BooleanField(default=False)
    sent_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    attempt = models.PositiveSmallIntegerField(default=0)
    attempted_at = models.DateTimeField(null=True, blank=True)
    claim = models.UUIDField(null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)

    recipient_key = models.GeneratedField(
        expression=Lower("recipient"), output_field=models.CharField(max_length=508), db_persist=True
    )
    recipient_backwards = models.GeneratedField(
        expression=backwards("recipient"), output_field=models.CharField(max_length=254), db_persist=True
    )

    class Meta:
        db_table = "messages"
        constraints = [
            models.UniqueConstraint(fields=["org", "idempotency_key"], name="messages_org_idempotency_key"),
            models.CheckConstraint(name="messages_key_given", condition=~Q(idempotency_key="")),
            models.CheckConstraint(name="messages_direction_known", condition=Q(direction__in=Direction.values)),
            models.CheckConstraint(name="messages_method_known", condition=Q(method__in=Channel.values)),
            models.CheckConstraint(name="messages_status_known", condition=Q(status__in=MessageStatus.values)),
        ]
        indexes = [
            models.Index(fields=["org", "-created_at", "-id"], name="messages_org_created_idx"),
            models.Index(fields=["org", "method", "status", "sent_at"], name="messages_org_method_idx"),
            models.Index(fields=["org", "recipient", "-created_at"], name="messages_org_recipient_idx"),
            models.Index(
                fields=["org", "external_message_id"],
                name="messages_org_external_idx",
                condition=Q(external_message_id__gt=""),
            ),
            models.Index(
                fields=["org", "-created_at", "-id"],
                name="messages_org_unsettled_idx",
                condition=Q(status__in=["queued", "sending", "failed", "undelivered", "complained", "unknown"]),
            ),
            by_beginning("recipient_key", name="messages_search_email_idx", condition=Q(method="email")),
            by_beginning("recipient_backwards", name="messages_search_phone_idx"),
            models.Index(fields=["org", "due_at"], name="messages_org_due_idx", condition=Q(due_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"message {self.pk}"

    # Said by `telephony.messaging.sending_again` of the rows that a page shows.
    may_be_sent_again = False

    @property
    def is_text(self) -> bool:
        """Whether it goes to a telephone."""
        return self.method in TEXTS


TEXTS = (Channel.SMS, Channel.WHATSAPP)


class OptOutSource(models.TextChoices):
    """How we learned that somebody wants no more texts."""

    KEYWORD = "keyword", "They texted STOP"
    CARRIER = "carrier", "Twilio refused a message"
    STAFF = "staff", "Your team noted it"


class OptOut(TenantModel):
    """A number that gets no texts from this organisation. The row goes when they opt in again; the audit log stays."""

    phone_number = models.CharField(max_length=16, validators=[validate_e164])
    source = models.CharField(max_length=8, choices=OptOutSource.choices)
    opted_out_at = models.DateTimeField()

    class Meta:
        db_table = "message_opt_outs"
        constraints = [
            models.UniqueConstraint(fields=["org", "phone_number"], name="message_opt_outs_org_number_key"),
            models.CheckConstraint(name="message_opt_outs_e164", condition=Q(phone_number__regex=E164_PATTERN)),
            models.CheckConstraint(name="message_opt_outs_source_known", condition=Q(source__in=OptOutSource.values)),
        ]

    def __str__(self) -> str:
        return f"opt-out {self.pk}"
