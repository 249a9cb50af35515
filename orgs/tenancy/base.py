"""The base class of every tenant model."""

from django.db import models

from orgs.tenancy.managers import AcrossOrgsManager, TenantManager
from voxanne.ids import uuid7


class TenantModel(models.Model):
    """A row that belongs to one organisation for ever.

    Its migration ends with `IsolateTenant`, which makes the foreign key to the organisation (hence no constraint from
    Django), row-level security and the rest; a test fails for a subclass without it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    org = models.ForeignKey(
        "orgs.Organization", on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = TenantManager()
    across_orgs = AcrossOrgsManager()

    class Meta:
        abstract = True
