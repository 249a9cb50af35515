"""What every page of the Django admin shares: staff may look, superusers may change, and each change is audited.

Other rooms derive from these in their `admin.py`, which only the admin process loads.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib.admin.models import LogEntry
from django.db import models
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from orgs import audit
from orgs.actors import Actor
from orgs.models import Organization


class PlatformAdmin(ModelAdmin):  # type: ignore[misc]
    """Staff may look; superusers may change what `fields` leaves open. Nothing is added or deleted unless said."""

    list_per_page = 50
    show_full_result_count = False
    can_add = False
    can_change = True
    can_delete = False

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        manager: models.Manager[Any] = getattr(self.model, "across_orgs", None) or self.model._default_manager
        rows = manager.get_queryset()
        ordering = self.get_ordering(request)
        return rows.order_by(*ordering) if ordering else rows

    def get_field_queryset(self, db: str | None, db_field: Any, request: HttpRequest | None) -> Any:
        """Choices of a foreign key across organisations: the scoped manager would refuse here."""
        manager = getattr(db_field.remote_field.model, "across_orgs", None)
        return manager.all() if manager is not None else super().get_field_queryset(db, db_field, request)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(getattr(request.user, "is_staff", False))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.can_add and _is_superuser(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.can_change and _is_superuser(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.can_delete and _is_superuser(request)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> LogEntry:
        _record(request, "admin.added", obj, message)
        entry: LogEntry = super().log_addition(request, obj, message)
        return entry

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> LogEntry:
        _record(request, "admin.changed", obj, message)
        entry: LogEntry = super().log_change(request, obj, message)
        return entry

    def log_deletions(self, request: HttpRequest, queryset: Iterable[Any]) -> Any:
        rows = list(queryset)
        for row in rows:
            _record(request, "admin.deleted", row, [])
        return super().log_deletions(request, rows)


class ReadOnlyAdmin(PlatformAdmin):
    """Looked at, never changed."""

    can_change = False


def _is_superuser(request: HttpRequest) -> bool:
    return bool(getattr(request.user, "is_superuser", False))


def _record(request: HttpRequest, action: str, obj: models.Model, message: Any) -> None:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    audit.record(replace(actor, org_id=_org_of(obj)), action, obj, fields=_changed_fields(message))


def _org_of(obj: models.Model) -> UUID | None:
    if isinstance(obj, Organization):
        return obj.pk
    return getattr(obj, "org_id", None)


def _changed_fields(message: Any) -> list[str]:
    """Names only: what a field held before and holds now is not the log's business."""
    if not isinstance(message, list):
        return []
    return [name for part in message for name in part.get("changed", {}).get("fields", [])]
