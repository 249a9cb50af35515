"""Proof that the audit log was neither changed nor shortened."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from orgs.audit import find_broken_seals
from orgs.models import AuditEntry, AuditSeal
from orgs.scope import service_tx


class Command(BaseCommand):
    help = (
        "Recompute the hash chain over the audit log, organisation by organisation. "
        "Exit code 0: nothing was changed or removed; 1: something was."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        broken = find_broken_seals()
        with service_tx("count the audit log"):
            entries, seals = AuditEntry.objects.count(), AuditSeal.objects.count()
        if options["json"]:
            self.stdout.write(json.dumps({"intact": not broken, "entries": entries, "seals": seals, "broken": broken}))
        else:
            for line in broken:
                self.stdout.write(f"BROKEN  {line}")
            verdict = f"{len(broken)} broken" if broken else "nothing was changed or removed"
            self.stdout.write(f"{entries} entries under {seals} seals: {verdict}")
        if broken:
            raise SystemExit(1)
