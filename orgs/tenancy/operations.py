"""The migration operation that closes a tenant table."""

from collections.abc import Iterator
from typing import Any

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation

from orgs.tenancy.fields import TenantForeignKey

ORG_OF_TX = "(SELECT current_setting('app.org_id')::uuid)"


class IsolateTenant(Operation):
    """Give a table its isolation: row-level security (forced), policies, immutable owner, grants, composite keys.

    Put it behind the operations that create or change the model; running it again after adding a `TenantForeignKey`
    adds what is missing. `append_only` leaves the runtime roles SELECT and INSERT, and a trigger that refuses the rest.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, model_name: str, *, append_only: bool = False) -> None:
        self.model_name = model_name
        self.append_only = append_only

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return type(self).__name__, [self.model_name], {"append_only": self.append_only} if self.append_only else {}

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The models do not change."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        # Behind the constraints that Django itself defers: once row security is forced, the owner could not check them.
        schema_editor.deferred_sql.extend(
            [*_composite_keys(model), *_isolation(model._meta.db_table, self.append_only)]
        )

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        table = from_state.apps.get_model(app_label, self.model_name)._meta.db_table
        schema_editor.execute(f'DROP POLICY IF EXISTS "{table}_org_isolation" ON "{table}"')
        schema_editor.execute(f'DROP POLICY IF EXISTS "{table}_service_role" ON "{table}"')

    def describe(self) -> str:
        return f"Isolate {self.model_name} by organisation"


def _isolation(table: str, append_only: bool) -> Iterator[str]:
    rights = "SELECT, INSERT" if append_only else "SELECT, INSERT, UPDATE, DELETE"
    yield f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY'
    yield f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY'
    yield f'DROP POLICY IF EXISTS "{table}_org_isolation" ON "{table}"'
    yield (
        f'CREATE POLICY "{table}_org_isolation" ON "{table}" TO voxanne_tenant '
        f"USING (org_id = {ORG_OF_TX}) WITH CHECK (org_id = {ORG_OF_TX})"
    )
    yield f'DROP POLICY IF EXISTS "{table}_service_role" ON "{table}"'
    yield f'CREATE POLICY "{table}_service_role" ON "{table}" TO voxanne_service USING (true) WITH CHECK (true)'
    yield f'REVOKE ALL ON "{table}" FROM PUBLIC, voxanne_tenant, voxanne_service'
    yield f'GRANT {rights} ON "{table}" TO voxanne_tenant, voxanne_service'
    yield f'DROP TRIGGER IF EXISTS "{table}_org_immutable" ON "{table}"'
    yield (
        f'CREATE TRIGGER "{table}_org_immutable" BEFORE UPDATE ON "{table}" FOR EACH ROW '
        "WHEN (OLD.org_id IS DISTINCT FROM NEW.org_id) EXECUTE FUNCTION refuse_org_change()"
    )
    if append_only:
        yield f'DROP TRIGGER IF EXISTS "{table}_append_only" ON "{table}"'
        yield (
            f'CREATE TRIGGER "{table}_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "{table}" '
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def _composite_keys(model: type[models.Model]) -> Iterator[str]:
    table = model._meta.db_table
    yield f'CREATE UNIQUE INDEX IF NOT EXISTS "{table}_org_id_key" ON "{table}" (org_id, id)'
    yield from _foreign_key(table, "organizations", f"{table}_org_fk", "(org_id)", "(id)")
    for field in model._meta.local_fields:
        if isinstance(field, TenantForeignKey):
            column, parent = field.column, field.remote_field.model._meta.db_table
            yield f'CREATE INDEX IF NOT EXISTS "{table}_org_{column}_idx" ON "{table}" (org_id, "{column}")'
            yield from _foreign_key(table, parent, f"{table}_{column}_org_fk", f'(org_id, "{column}")', "(org_id, id)")


def _foreign_key(table: str, parent: str, name: str, columns: str, parent_columns: str) -> Iterator[str]:
    """Under FORCE the owner sees no rows and would call a violated constraint valid: FORCE is lifted for the check."""
    yield f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY'
    yield f'ALTER TABLE "{parent}" NO FORCE ROW LEVEL SECURITY'
    yield f'ALTER TABLE "{table}" DROP CONSTRAINT IF EXISTS "{name}"'
    yield (
        f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" FOREIGN KEY {columns} '
        f'REFERENCES "{parent}" {parent_columns} DEFERRABLE INITIALLY DEFERRED'
    )
    yield f'ALTER TABLE "{parent}" FORCE ROW LEVEL SECURITY'
    yield f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY'
