"""System checks: a tenant model must be closed by its migrations."""

from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, register
from django.db.migrations.loader import MigrationLoader

from orgs.tenancy import IsolateTenant, TenantModel


@register("models")
def tenant_models_are_isolated(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Each concrete `TenantModel` needs an `IsolateTenant` in its app's migrations."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    isolated = {
        (migration.app_label, operation.model_name.lower())
        for migration in loader.disk_migrations.values()
        for operation in migration.operations
        if isinstance(operation, IsolateTenant)
    }
    return [
        Error(
            f"{model._meta.label} is a tenant model without IsolateTenant in its migrations.",
            hint=f"Add IsolateTenant({model.__name__!r}) behind the operation that creates it.",
            obj=model,
            id="orgs.E001",
        )
        for model in apps.get_models()
        if issubclass(model, TenantModel) and (model._meta.app_label, model.__name__.lower()) not in isolated
    ]
