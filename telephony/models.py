"""Which phone number belongs to which organisation and agent."""

from django.db import models

from orgs.models import E164_PATTERN, validate_e164
from orgs.tenancy import TenantModel


class PhoneNumberMapping(TenantModel):
    """A number that patients call, known to Vapi.

    While it is active the database keeps it in `number_directory`, whose primary key lets one organisation have it:
    see the migration. `agent_id` is a plain id, because agents live in a higher room.
    """

    phone_number = models.CharField(max_length=16, validators=[validate_e164])
    agent_id = models.UUIDField(null=True, blank=True)
    vapi_phone_number_id = models.CharField(max_length=64, blank=True)
    is_active = models.BooleanField(default=True)

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
        ]
        indexes = [models.Index(fields=["org", "agent_id"], name="phone_number_mapping_agent_idx")]

    def __str__(self) -> str:
        return f"number {self.pk}"
