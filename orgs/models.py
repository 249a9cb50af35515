"""Organisations, people, memberships, invitations, the audit log, and each organisation's settings."""

from datetime import datetime, time, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower

from orgs.tenancy import TenantModel
from orgs.validators import validate_time_zone
from voxanne.clock import now
from voxanne.ids import uuid7

E164_PATTERN = r"^\+[1-9]\d{6,14}$"
validate_e164 = RegexValidator(E164_PATTERN, "Enter the number in E.164: + country code and number.")
INVITATION_DAYS = 7


class Organization(models.Model):
    """A tenant: one clinic or group."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=140, unique=True)
    timezone = models.CharField(max_length=64, default="Europe/London", validators=[validate_time_zone])
    country = models.CharField(max_length=2, default="GB")
    currency = models.CharField(max_length=3, default="GBP")
    phone = models.CharField(max_length=16, blank=True, validators=[validate_e164])
    address = models.CharField(max_length=300, blank=True)
    settings = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "organizations"
        verbose_name = "organisation"
        constraints = [
            models.CheckConstraint(
                name="organizations_phone_e164", condition=models.Q(phone="") | models.Q(phone__regex=E164_PATTERN)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        """The clinic's time zone, in which times are spoken and shown."""
        return ZoneInfo(self.timezone)


class UserManager(BaseUserManager["User"]):
    """People are found by their email address, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)

    def create_user(self, *, email: str, password: str | None = None, full_name: str = "", **extra: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), full_name=full_name, **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **extra: Any) -> "User":
        return self.create_user(email=email, password=password, is_staff=True, is_superuser=True, **extra)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in. `is_staff` marks a platform admin; clinics' roles stand in `Membership`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(max_length=254)
    full_name = models.CharField(max_length=120, blank=True)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()

    class Meta:
        db_table = "users"
        constraints = [models.UniqueConstraint(Lower("email"), name="users_email_ci_key")]
        # Addresses are kept in lower case; sign-in looks them up as they are, which the key above does not serve.
        indexes = [models.Index(fields=["email"], name="users_email_idx")]

    def __str__(self) -> str:
        return self.full_name or self.email


class Role(models.TextChoices):
    """What a member may do; see `orgs.permissions`."""

    OWNER = "owner", "Owner"
    ADMIN = "admin", "Admin"
    MEMBER = "member", "Member"


class Membership(TenantModel):
    """A person's place in an organisation."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.MEMBER)
    is_active = models.BooleanField(default=True)

    class Meta:
        db_table = "profiles"
        constraints = [
            models.UniqueConstraint(fields=["org", "user"], name="profiles_org_user_key"),
            models.CheckConstraint(name="profiles_role_known", condition=models.Q(role__in=Role.values)),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role}"


def _invitation_end() -> datetime:
    return now() + timedelta(days=INVITATION_DAYS)


class Invitation(TenantModel):
    """A link that makes one address a member, once. Only the hash of its token is kept."""

    email = models.EmailField(max_length=254)
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.MEMBER)
    token_hash = models.CharField(max_length=64)
    expires_at = models.DateTimeField(default=_invitation_end)
    accepted_at = models.DateTimeField(null=True, blank=True)
    invited_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        db_table = "invitations"
        constraints = [
            models.UniqueConstraint(fields=["org", "token_hash"], name="invitations_org_token_key"),
            models.CheckConstraint(name="invitations_role_known", condition=models.Q(role__in=Role.values)),
        ]

    def __str__(self) -> str:
        return f"invitation {self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether the link still works."""
        return self.accepted_at is None and self.expires_at > now()


class CallRouting(models.TextChoices):
    """Who decides which agent answers a number."""

    DYNAMIC = "dynamic", "Ask Voxanne for every call"
    FIXED = "fixed", "Always the same agent"


class WebhookAuth(models.TextChoices):
    """How Vapi proves itself when it calls on behalf of a clinic's assistants."""

    SECRET = "secret", "A secret in a header"
    HMAC = "hmac", "A signature over each message"


RECORDING_CONSENT = "This call is recorded so that we can look after you well."


class IntegrationSettings(TenantModel):
    """One row an organisation: where calls are handed over to people, who answers, when we may call, retention.

    Quiet hours are times of day in the clinic's zone, within which nobody is called; equal times mean none. The caps
    count outbound calls of one day, and of one moment. While calls are recorded, `recording_consent_message` is part
    of each greeting. `live_transcripts` has Vapi send each spoken sentence while the call goes on. A call in which no
    service was named counts for `fallback_value_minor`, in the currency's minor units; for nothing when that is empty.
    `health_terms` stand in no transcript or summary.
    """

    transfer_phone_number = models.CharField(max_length=16, blank=True, validators=[validate_e164])
    transfer_sip_uri = models.CharField(max_length=255, blank=True)
    transfer_departments = models.JSONField(default=dict, blank=True)
    hot_lead_alert_phone = models.CharField(max_length=16, blank=True, validators=[validate_e164])
    fallback_value_minor = models.PositiveIntegerField(null=True, blank=True)
    recording_retention_days = models.PositiveIntegerField(default=90)
    transcript_retention_days = models.PositiveIntegerField(default=365)
    message_retention_days = models.PositiveIntegerField(default=365)
    call_routing = models.CharField(max_length=8, choices=CallRouting.choices, default=CallRouting.DYNAMIC)
    greet_by_name = models.BooleanField(default=True)
    caller_memory_enabled = models.BooleanField(default=True)
    quiet_hours_start = models.TimeField(default=time(20, 0))
    quiet_hours_end = models.TimeField(default=time(8, 0))
    outbound_cap_per_contact = models.PositiveSmallIntegerField(default=3)
    outbound_cap_per_day = models.PositiveIntegerField(default=200)
    outbound_concurrency = models.PositiveSmallIntegerField(default=5)
    recording_enabled = models.BooleanField(default=True)
    recording_consent_message = models.CharField(max_length=200, blank=True, default=RECORDING_CONSENT)
    live_transcripts = models.BooleanField(default=True)
    webhook_auth = models.CharField(max_length=6, choices=WebhookAuth.choices, default=WebhookAuth.SECRET)
    health_terms = models.JSONField(default=list, blank=True)

    class Meta:
        db_table = "integration_settings"
        verbose_name_plural = "integration settings"
        constraints = [
            models.UniqueConstraint(fields=["org"], name="integration_settings_org_key"),
            models.CheckConstraint(
                name="integration_settings_routing_known", condition=models.Q(call_routing__in=CallRouting.values)
            ),
            models.CheckConstraint(
                name="integration_settings_webhook_auth_known",
                condition=models.Q(webhook_auth__in=WebhookAuth.values),
            ),
        ]

    def __str__(self) -> str:
        return f"settings of {self.org_id}"


class AuditEntry(models.Model):
    """One thing that somebody did. Append-only: the database refuses every change to it.

    `org` is empty for platform acts, which only the service sees. The id counts up: seals cover runs of it.
    """

    id = models.BigAutoField(primary_key=True)
    org = models.ForeignKey(
        Organization, null=True, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    actor_kind = models.CharField(max_length=10)
    actor_user_id = models.UUIDField(null=True)
    action = models.CharField(max_length=60)
    object_type = models.CharField(max_length=60, blank=True)
    object_id = models.CharField(max_length=64, blank=True)
    details = models.JSONField(default=dict)
    ip = models.GenericIPAddressField(null=True)
    created_at = models.DateTimeField(default=now)

    class Meta:
        db_table = "audit_log"
        verbose_name_plural = "audit entries"
        indexes = [
            models.Index(fields=["org", "-created_at"], name="audit_log_org_created_idx"),
            models.Index(fields=["org", "id"], name="audit_log_org_id_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.object_type} {self.object_id}"


class AuditSeal(models.Model):
    """The hash over a run of entries and the seal before it; changing or removing an entry breaks the chain."""

    id = models.BigAutoField(primary_key=True)
    org = models.ForeignKey(
        Organization, null=True, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    first_entry_id = models.BigIntegerField()
    last_entry_id = models.BigIntegerField()
    entries = models.PositiveIntegerField()
    previous_digest = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)
    sealed_at = models.DateTimeField(default=now)

    class Meta:
        db_table = "audit_seals"
        constraints = [
            models.UniqueConstraint(
                fields=["org", "last_entry_id"], name="audit_seals_org_last_key", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"seal {self.first_entry_id}–{self.last_entry_id}"


__all__ = [
    "AuditEntry",
    "AuditSeal",
    "CallRouting",
    "IntegrationSettings",
    "Invitation",
    "Membership",
    "Organization",
    "Role",
    "User",
    "WebhookAuth",
]
