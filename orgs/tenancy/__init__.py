"""What makes a table a tenant's: the model base, its manager, its foreign keys and the migration that closes it."""

from orgs.tenancy.base import TenantModel
from orgs.tenancy.fields import TenantForeignKey
from orgs.tenancy.managers import AcrossOrgsManager, TenantManager, TenantQuerySet
from orgs.tenancy.operations import IsolateTenant

__all__ = ["AcrossOrgsManager", "IsolateTenant", "TenantForeignKey", "TenantManager", "TenantModel", "TenantQuerySet"]
