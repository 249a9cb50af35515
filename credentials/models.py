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

    `key_fingerprint` is the data key's id; `metadata` holds only what may be shown.
    """

    provider = models.CharField(max_length=20, choices=Provider.choices)
    encrypted_config = models.TextField()
    key_commitment = models.CharField(max_length=64)
    encryption_version = models.CharField(max_length=8, default=VERSION)
    key_fingerprint = models.CharField(max_length=16)
    is_active = models.BooleanField(default=True)
    last_verified_at = models.DateTimeField(null=True, blank=True)
    verification_error = models.TextField(blank=True)
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
