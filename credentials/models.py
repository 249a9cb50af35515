"""Where secrets lie. Only this room reads these tables; everybody else asks `credentials.service`."""

from django.db import models

from credentials.encryption import VERSION
from credentials.types import Provider
from orgs.tenancy import TenantModel


class OrgKey(TenantModel):
    """An organisation's random data key, wrapped by a master key. Deleting the row shreds all its secrets."""

    wrapped_key = models.TextField()
    key_commitment = models.CharField(max_length=64)
    encryption_version = models.CharField(max_length=8, default=VERSION)
    master_key_id = models.CharField(max_length=16)

    class Meta:
        db_table = "org_keys"
        constraints = [models.UniqueConstraint(fields=["org"], name="org_keys_org_key")]
        indexes = [models.Index(fields=["org", "master_key_id"], name="org_keys_org_master_idx")]

    def __str__(self) -> str:
        return f"data key of {self.org_id}"


class OrgCredential(TenantModel):
    """One provider's credentials of one organisation, encrypted with its data key.

    `key_fingerprint` is the data key's id; `metadata` holds only what may be shown; `key_commitment` differs with every
    sealing, so it also tells whether the secret was replaced meanwhile.

    `failed_at` is when it stopped working (empty while it works), `alerted_at` when its admins were told.
    `refresh_claim` is the worker that may replace its token until `refresh_claimed_until`, `alert_claim` the one that
    may tell the admins until `alert_claimed_until`.
    """

    provider = models.CharField(max_length=20, choices=Provider.choices)
    encrypted_config = models.TextField()
    key_commitment = models.CharField(max_length=64)
    encryption_version = models.CharField(max_length=8, default=VERSION)
    key_fingerprint = models.CharField(max_length=16)
    is_active = models.BooleanField(default=True)
    last_verified_at = models.DateTimeField(null=True, blank=True)
    verification_error = models.TextField(blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    alerted_at = models.DateTimeField(null=True, blank=True)
    alert_claim = models.UUIDField(null=True, blank=True)
    alert_claimed_until = models.DateTimeField(null=True, blank=True)
    refresh_claim = models.UUIDField(null=True, blank=True)
    refresh_claimed_until = models.DateTimeField(null=True, blank=True)
    metadata = models.JSONField(default=dict, blank=True)

    class Meta:
        db_table = "org_credentials"
        constraints = [
            models.UniqueConstraint(fields=["org", "provider"], name="org_credentials_org_provider_key"),
            models.CheckConstraint(
                name="org_credentials_provider_known", condition=models.Q(provider__in=Provider.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} of {self.org_id}"


class OAuthAttempt(TenantModel):
    """One person's way to a calendar provider's page and back: its state works once, in one browser, for ten minutes.

    Of the state and of the browser's mark only hashes are kept; the PKCE verifier is sealed with the clinic's key.
    """

    provider = models.CharField(max_length=20, choices=Provider.choices)
    state_hash = models.CharField(max_length=64)
    browser_hash = models.CharField(max_length=64)
    user_id = models.UUIDField()
    sealed_verifier = models.TextField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "oauth_attempts"
        constraints = [models.UniqueConstraint(fields=["org", "state_hash"], name="oauth_attempts_org_state_key")]
        indexes = [models.Index(fields=["org", "expires_at"], name="oauth_attempts_org_expires_idx")]

    def __str__(self) -> str:
        return f"way to {self.provider} of {self.org_id}"


class EncryptionKeyCheck(models.Model):
    """Which master key this database's secrets are sealed with: the newest row counts. Not a tenant's table."""

    id = models.BigAutoField(primary_key=True)
    key_id = models.CharField(max_length=16)
    check_value = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "encryption_key_checks"

    def __str__(self) -> str:
        return f"master key {self.key_id}"
