"""Queries on tenant tables start from an organisation, or raise."""

from collections.abc import Iterable
from typing import Any, Self, TypeVar, cast
from uuid import UUID

from django.db import models

from orgs.scope import current_org_id

M = TypeVar("M", bound=models.Model)


class TenantQuerySet(models.QuerySet[M]):
    """Rows of one organisation; new rows get it as their owner."""

    def for_org(self, org_id: UUID) -> Self:
        return self.filter(org_id=org_id)

    def create(self, **kwargs: Any) -> M:
        if "org" not in kwargs and "org_id" not in kwargs:
            kwargs["org_id"] = current_org_id()
        return super().create(**kwargs)

    def bulk_create(self, objs: Iterable[M], *args: Any, **kwargs: Any) -> list[M]:
        rows = list(objs)
        for row in rows:
            if getattr(row, "org_id", None) is None:
                row.org_id = current_org_id()  # type: ignore[attr-defined]
        return super().bulk_create(rows, *args, **kwargs)


_TenantManagerBase = models.Manager.from_queryset(TenantQuerySet)


class TenantManager(_TenantManagerBase[M]):
    """The scope's rows only. Without a scope every query raises `NoScope`: the second net, above row-level security."""

    def get_queryset(self) -> TenantQuerySet[M]:
        return cast("TenantQuerySet[M]", super().get_queryset()).for_org(current_org_id())


class AcrossOrgsManager(_TenantManagerBase[M]):
    """All organisations' rows, for the platform's work inside `service_tx`; as a tenant it still sees only its own."""
