"""Agents as the clinic wants them, what Vapi was last told, and whose assistant is whose."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from orgs.models import E164_PATTERN, User, validate_e164
from orgs.tenancy import TenantForeignKey, TenantModel
from telephony.models import ACCOUNT_SID_PATTERN
from voxanne.ids import uuid7

MIN_DURATION_S = 10
MAX_DURATION_S = 43_200


class CallDirection(models.TextChoices):
    INBOUND = "inbound", "Inbound"
    OUTBOUND = "outbound", "Outbound"


class SyncState(models.TextChoices):
    """How far Vapi follows the saved agent."""

    DRAFT = "draft", "Draft"
    SYNCING = "syncing", "Syncing"
    SYNCED = "synced", "Synced"
    FAILED = "failed", "Failed"


class AgentMode(models.TextChoices):
    """How much an agent may do by itself."""

    OFF = "off", "Off"
    AFTER_HOURS = "after_hours", "After hours only"
    APPROVE = "approve", "Staff approves every booking"
    FULL = "full", "Full"


class ClosedBehaviour(models.TextChoices):
    """What an agent does with a call while the clinic is closed."""

    ANSWER = "answer", "Answers as during opening hours"
    MESSAGE = "message", "Greets with the after-hours message, then helps"
    GOODBYE = "goodbye", "Says the after-hours message and ends the call"


class Agent(TenantModel):
    """A receptionist as it is published: what it says and may do, and the assistant at Vapi that stands for it.

    What people edit are versions (`AgentVersion`); publishing copies one here. `version` is the newest saved one,
    `published_version` the one that is here. `mode` has no versions: it acts at once.
    `config_hash` is what should be, `synced_hash` what Vapi confirmed. `sync_claim` is held by the one worker that
    talks to Vapi about this agent; `sync_due_at` is when a sweeper looks again (None: nothing to do).
    `tools_error` says which tools Vapi refused while it took the rest; the sweeper tries them again.
    `transfer_settings` may hold `default` and `departments` (`general`, `billing`, `medical`), each E.164 or a SIP
    address; what is missing is the clinic's own. `after_hours_message` is spoken as `closed_behaviour` says.
    `tools_enabled` None means every tool there is.
    """

    name = models.CharField(max_length=40)
    call_direction = models.CharField(max_length=10, choices=CallDirection.choices)
    is_default = models.BooleanField(default=False)
    mode = models.CharField(max_length=12, choices=AgentMode.choices, default=AgentMode.FULL)
    voice_provider = models.CharField(max_length=30, default="11labs")
    voice_id = models.CharField(max_length=80, default="sarah")
    language = models.CharField(max_length=10, default="en-GB")
    first_message = models.TextField(max_length=600, blank=True)
    system_prompt = models.TextField(max_length=20_000, blank=True)
    max_duration_seconds = models.PositiveIntegerField(
        default=900, validators=[MinValueValidator(MIN_DURATION_S), MaxValueValidator(MAX_DURATION_S)]
    )
    tools_enabled = ArrayField(models.CharField(max_length=64), null=True, blank=True)
    transfer_settings = models.JSONField(default=dict, blank=True)
    closed_behaviour = models.CharField(max_length=10, choices=ClosedBehaviour.choices, default=ClosedBehaviour.ANSWER)
    after_hours_message = models.TextField(max_length=600, blank=True)
    vapi_assistant_id = models.CharField(max_length=64, blank=True)
    vapi_phone_number_id = models.CharField(max_length=64, blank=True)
    version = models.PositiveIntegerField(default=1)
    published_version = models.PositiveIntegerField(default=1)
    sync_state = models.CharField(max_length=10, choices=SyncState.choices, default=SyncState.DRAFT)
    sync_error = models.TextField(blank=True)
    tools_error = models.TextField(blank=True)
    synced_at = models.DateTimeField(null=True, blank=True)
    config_hash = models.CharField(max_length=64, blank=True)
    synced_hash = models.CharField(max_length=64, blank=True)
    sync_claim = models.UUIDField(null=True, blank=True)
    sync_claimed_until = models.DateTimeField(null=True, blank=True)
    sync_attempts = models.PositiveIntegerField(default=0)
    sync_due_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "agents"
        constraints = [
            models.UniqueConstraint(
                fields=["org", "call_direction"],
                condition=models.Q(is_default=True),
                name="agents_org_default_direction_key",
            ),
            models.CheckConstraint(
                name="agents_direction_known", condition=models.Q(call_direction__in=CallDirection.values)
            ),
            models.CheckConstraint(name="agents_mode_known", condition=models.Q(mode__in=AgentMode.values)),
            models.CheckConstraint(name="agents_state_known", condition=models.Q(sync_state__in=SyncState.values)),
            models.CheckConstraint(
                name="agents_closed_behaviour_known", condition=models.Q(closed_behaviour__in=ClosedBehaviour.values)
            ),
            models.CheckConstraint(
                name="agents_duration_range",
                condition=models.Q(max_duration_seconds__range=(MIN_DURATION_S, MAX_DURATION_S)),
            ),
        ]
        indexes = [models.Index(fields=["org", "sync_due_at"], name="agents_org_sync_due_idx")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_in_step(self) -> bool:
        """Whether Vapi has what is saved."""
        return bool(self.vapi_assistant_id) and self.config_hash == self.synced_hash


class AgentVersion(TenantModel):
    """One saved configuration of an agent, never changed afterwards: who saved what.

    `config` holds the fields that `agents.versions` lists, `changes` what differs from the version before as
    `{field: [old, new]}`. `published_at` is when it last went live.
    """

    agent = TenantForeignKey(Agent, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()
    config = models.JSONField()
    changes = models.JSONField(default=dict)
    author = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    restored_from = models.PositiveIntegerField(null=True)
    published_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "agent_versions"
        constraints = [
            models.UniqueConstraint(fields=["org", "agent", "number"], name="agent_versions_org_agent_number_key"),
            models.CheckConstraint(name="agent_versions_number_positive", condition=models.Q(number__gte=1)),
        ]

    def __str__(self) -> str:
        return f"version {self.number} of agent {self.agent_id}"


class PublicationState(models.TextChoices):
    """Where the way from a saved version to a live one stands."""

    REHEARSING = "rehearsing", "Rehearsing"
    REFUSED = "refused", "Not published"
    PUBLISHED = "published", "Published"
    FAILED = "failed", "Could not be rehearsed"


class AgentPublication(TenantModel):
    """A wish to have a version live: rehearsed first, then published or refused. One open wish an agent.

    `results` has one entry a scenario: `{"key", "title", "passed", "checks": [{"expected", "happened", "passed"}]}`.
    `message` says in a sentence how it ended. `claim` is held by the one worker that rehearses; `due_at` is when a
    sweeper looks again (None: nothing to do).
    """

    agent = TenantForeignKey(Agent, on_delete=models.CASCADE, related_name="+")
    version = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=PublicationState.choices, default=PublicationState.REHEARSING)
    results = models.JSONField(default=list)
    message = models.TextField(blank=True)
    requested_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    override_reason = models.TextField(max_length=500, blank=True)
    claim = models.UUIDField(null=True)
    claimed_until = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "agent_publications"
        constraints = [
            models.UniqueConstraint(
                fields=["org", "agent"],
                condition=models.Q(state=PublicationState.REHEARSING),
                name="agent_publications_org_open_key",
            ),
            models.CheckConstraint(
                name="agent_publications_state_known", condition=models.Q(state__in=PublicationState.values)
            ),
        ]
        indexes = [
            models.Index(fields=["org", "agent", "-created_at"], name="agent_publications_latest_idx"),
            models.Index(
                fields=["org", "due_at"],
                condition=models.Q(due_at__isnull=False),
                name="agent_publications_due_idx",
            ),
        ]

    def __str__(self) -> str:
        return f"publication of version {self.version} of agent {self.agent_id}: {self.state}"


class AssistantMapping(TenantModel):
    """Whose an assistant at Vapi is. Kept after the assistant was replaced: its last reports may still arrive.

    The database keeps each row in `assistant_directory`, whose primary key lets one organisation have it.
    """

    vapi_assistant_id = models.CharField(max_length=64)
    agent = TenantForeignKey(Agent, on_delete=models.CASCADE, related_name="mappings")
    assistant_role = models.CharField(max_length=10, choices=CallDirection.choices)
    assistant_name = models.CharField(max_length=40)
    last_used_at = models.DateTimeField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "assistant_org_mapping"
        constraints = [
            models.UniqueConstraint(fields=["org", "vapi_assistant_id"], name="assistant_org_mapping_org_vapi_key"),
            models.CheckConstraint(name="assistant_org_mapping_id_given", condition=~models.Q(vapi_assistant_id="")),
        ]

    def __str__(self) -> str:
        return f"assistant {self.vapi_assistant_id}"


class OrgTool(TenantModel):
    """Which registered tool an organisation's assistants are linked to."""

    tool_name = models.CharField(max_length=64)
    vapi_tool_id = models.CharField(max_length=64)
    definition_hash = models.CharField(max_length=64)

    class Meta:
        db_table = "org_tools"
        constraints = [models.UniqueConstraint(fields=["org", "tool_name"], name="org_tools_org_name_key")]

    def __str__(self) -> str:
        return self.tool_name


class AgentTwilioSettings(TenantModel):
    """An agent's own Twilio account, which stands before the organisation's.

    `agents.twilio` reads and writes it; the token is sealed for this organisation and agent.
    """

    agent = TenantForeignKey(Agent, on_delete=models.CASCADE, related_name="+")
    account_sid = models.CharField(max_length=34)
    auth_token_encrypted = models.TextField()
    key_commitment = models.CharField(max_length=64)
    key_fingerprint = models.CharField(max_length=16)
    encryption_version = models.CharField(max_length=8)
    phone_number = models.CharField(max_length=16, validators=[validate_e164])

    class Meta:
        db_table = "agent_twilio_settings"
        constraints = [
            models.UniqueConstraint(fields=["org", "agent"], name="agent_twilio_settings_org_agent_key"),
            models.UniqueConstraint(fields=["org", "phone_number"], name="agent_twilio_settings_org_number_key"),
            models.CheckConstraint(
                name="agent_twilio_settings_sid", condition=models.Q(account_sid__regex=ACCOUNT_SID_PATTERN)
            ),
            models.CheckConstraint(
                name="agent_twilio_settings_e164", condition=models.Q(phone_number__regex=E164_PATTERN)
            ),
        ]

    def __str__(self) -> str:
        return f"Twilio account of agent {self.agent_id}"


class VapiAccount(TenantModel):
    """A clinic's own account at Vapi in which its things are kept, or an account in which they were.

    One without a current row is kept in the platform's account, whose name is empty. Of an account that was left,
    `left_at` says since when, `names` how its numbers and their credentials are called there, `answered_at` since when
    every agent and number answers from elsewhere, `emptied_at` since when only what others may share is left. The row
    goes when nothing is. `agents.accounts` keeps it; the key is sealed for this row, so that we can still tidy up
    after the clinic has replaced it.
    """

    account = models.CharField(max_length=16, blank=True)
    key_encrypted = models.TextField(blank=True)
    key_commitment = models.CharField(max_length=64, blank=True)
    key_fingerprint = models.CharField(max_length=16, blank=True)
    encryption_version = models.CharField(max_length=8, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    names = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    emptied_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(null=True, blank=True)
    claim = models.UUIDField(null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "vapi_accounts"
        constraints = [
            models.UniqueConstraint(fields=["org", "account"], name="vapi_accounts_org_account_key"),
            models.UniqueConstraint(
                fields=["org"], condition=models.Q(left_at=None), name="vapi_accounts_org_current_key"
            ),
        ]
        indexes = [models.Index(fields=["org", "due_at"], name="vapi_accounts_org_due_idx")]

    def __str__(self) -> str:
        return f"account {self.account or 'of the platform'}"


class RegistrationKind(models.TextChoices):
    TOOL = "tool", "Tool"
    STRUCTURED_OUTPUT = "structured_output", "Structured output"
    CREDENTIAL = "credential", "Credential"


class PlatformRegistration(models.Model):
    """Something registered at Vapi once for all organisations, one row a definition. The platform's own table.

    `account` names the account at Vapi without telling its key; it is empty for the platform's own. `vapi_id` is empty
    while a worker holds `claimed_until` and registers it. `retired_at` is since when nothing wants this definition:
    after a while it is deleted at Vapi, if no assistant uses it. `verified_at` is when Vapi was last seen to have it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=20, choices=RegistrationKind.choices)
    name = models.CharField(max_length=64)
    account = models.CharField(max_length=16, blank=True)
    vapi_id = models.CharField(max_length=64, blank=True)
    definition_hash = models.CharField(max_length=64)
    definition = models.JSONField(default=dict)
    claimed_until = models.DateTimeField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "platform_registrations"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "name", "account", "definition_hash"], name="platform_registrations_definition_key"
            ),
            models.CheckConstraint(
                name="platform_registrations_kind_known", condition=models.Q(kind__in=RegistrationKind.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"
