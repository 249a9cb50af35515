"""Which phone number belongs to which organisation and agent, and how far Vapi follows."""

from django.db import models

from orgs.models import E164_PATTERN, validate_e164
from orgs.tenancy import TenantModel


class NumberSource(models.TextChoices):
    """Whose Twilio account a number is imported with."""

    ORGANIZATION = "organization", "The organisation's account"
    AGENT = "agent", "An agent's own account"
    MANAGED = "managed", "Ours"


class NumberState(models.TextChoices):
    """How far Vapi follows what was saved."""

    SYNCING = "syncing", "Syncing…"
    CONNECTED = "connected", "Connected"
    NEEDS_ATTENTION = "needs_attention", "Needs attention"


class PhoneNumberMapping(TenantModel):
    """A number that patients call, known to Vapi.

    While it is active the database keeps it in `number_directory`, whose primary key lets one organisation have it:
    see the migration. `agent_id` (who answers) and `source_agent_id` (whose Twilio account, for `agent`) are plain
    ids, because agents live in a higher room.

    What should be has a version: `wanted_version` grows with every change, `confirmed_version` is what Vapi was last
    brought to, `confirmed_route` how it has found who answers since then (`agents.numbers.routes`). `is_wanted` False
    means that Vapi should forget the number; the row goes once it has, and keeps the number for its organisation until
    then. `sync_claim` is held by the one worker that talks to Vapi about this number; `sync_due_at` is when a sweeper
    looks again (None: nothing to do).
    """

    phone_number = models.CharField(max_length=16, validators=[validate_e164])
    agent_id = models.UUIDField(null=True, blank=True)
    vapi_phone_number_id = models.CharField(max_length=64, blank=True)
    is_active = models.BooleanField(default=True)
    source = models.CharField(max_length=12, choices=NumberSource.choices, default=NumberSource.MANAGED)
    source_agent_id = models.UUIDField(null=True, blank=True)
    vapi_credential_id = models.CharField(max_length=64, blank=True)
    is_wanted = models.BooleanField(default=True)
    wanted_version = models.PositiveIntegerField(default=0)
    confirmed_version = models.PositiveIntegerField(default=0)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_route = models.CharField(max_length=300, blank=True, db_default="")
    sync_state = models.CharField(max_length=16, choices=NumberState.choices, default=NumberState.CONNECTED)
    sync_error = models.TextField(blank=True)
    sync_attempts = models.PositiveIntegerField(default=0)
    sync_due_at = models.DateTimeField(null=True, blank=True)
    sync_claim = models.UUIDField(null=True, blank=True)
    sync_claimed_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "phone_number_mapping"
        constraints = [
            models.UniqueConstraint(fields=["org", "phone_number"], name="phone_number_mapping_org_number_key"),
            models.UniqueConstraint(
                fields=["org", "vapi_phone_number_id"],
                condition=~models.Q(vapi_phone_number_id=""),
                name="phone_number_mapping_org_vapi_key",
            ),
            models.CheckConstraint(
                name="phone_number_mapping_e164", condition=models.Q(phone_number__regex=E164_PATTERN)
            ),
            models.CheckConstraint(
                name="phone_number_mapping_source_known", condition=models.Q(source__in=NumberSource.values)
            ),
            models.CheckConstraint(
                name="phone_number_mapping_state_known", condition=models.Q(sync_state__in=NumberState.values)
            ),
        ]
        indexes = [
            models.Index(fields=["org", "agent_id"], name="phone_number_mapping_agent_idx"),
            models.Index(fields=["org", "sync_due_at"], name="phone_number_mapping_due_idx"),
        ]

    def __str__(self) -> str:
        return f"number {self.pk}"
