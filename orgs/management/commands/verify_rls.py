"""Proof that no organisation reaches another's rows."""

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from orgs.tenancy.catalog import TableReport, inspect_database, inspect_tables
from orgs.tenancy.trial import Attempt, tenant_models, try_crossing


class Command(BaseCommand):
    help = (
        "List every tenant table with its row-level security, then really try to read, change, delete and forge rows "
        "across two throw-away organisations (rolled back). Exit code 0: all closed; 1: something is open."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        tables = inspect_tables()
        attempts = try_crossing()
        problems = _all_problems(tables, attempts)
        if options["json"]:
            self._print_json(tables, attempts, problems)
        else:
            self._print_lines(tables, attempts, problems)
        if problems:
            raise SystemExit(1)

    def _print_json(self, tables: list[TableReport], attempts: list[Attempt], problems: list[str]) -> None:
        report = {
            "closed": not problems,
            "tables": [asdict(table) for table in tables],
            "attempts": [asdict(attempt) for attempt in attempts],
            "problems": problems,
        }
        self.stdout.write(json.dumps(report))

    def _print_lines(self, tables: list[TableReport], attempts: list[Attempt], problems: list[str]) -> None:
        width = max(len(table.name) for table in tables)
        for table in tables:
            tried = [attempt for attempt in attempts if attempt.table == table.name]
            held = f"{sum(attempt.held for attempt in tried)}/{len(tried)} crossings refused" if tried else ""
            self.stdout.write(f"{table.name:<{width}}  {_state(table):<34}  {held}".rstrip())
        for problem in problems:
            self.stdout.write(self.style.ERROR(f"OPEN  {problem}"))
        verdict = f"{len(problems)} open" if problems else "all closed"
        self.stdout.write(f"{len(tables)} tenant tables, {len(attempts)} crossings tried: {verdict}")


def _state(table: TableReport) -> str:
    if table.unreachable:
        return "no runtime role reaches it"
    flags = [
        "rls" if table.rls else "NO RLS",
        "forced" if table.forced else "NOT FORCED",
        f"{len(table.policies)} policies",
        "append-only" if table.append_only else "org fixed" if table.immutable_org else "",
    ]
    return ", ".join(filter(None, flags))


def _all_problems(tables: list[TableReport], attempts: list[Attempt]) -> list[str]:
    listed = {table.name for table in tables}
    missing = [model._meta.db_table for model in tenant_models() if model._meta.db_table not in listed]
    return [
        *(f"{table.name}: {problem}" for table in tables for problem in table.problems),
        *(f"{name}: is a tenant model without an org_id column" for name in missing),
        *(f"{attempt.table}: {attempt.act}: {attempt.detail}" for attempt in attempts if not attempt.held),
        *inspect_database(),
    ]
