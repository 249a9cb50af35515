"""`manage.py redact_stored`: take identifiers out of calls that were stored before, or before a word was listed."""

import json
from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from agents.tool_sync import find_organisations
from calls.redaction.backlog import BEGINNING, redact_backlog


class Command(BaseCommand):
    """Stop it whenever you like: it says after which call to go on, and doing a call again changes nothing."""

    help = "Redact the transcripts, summaries and tool calls of ended calls that are in the database already."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--org", metavar="SLUG", default="", help="one organisation, by slug or id; all by default")
        parser.add_argument("--after", metavar="CALL", type=UUID, default=BEGINNING, help="go on after this call's id")
        parser.add_argument("--json", action="store_true", help="print one JSON object at the end")

    def handle(self, *args: Any, **options: Any) -> None:
        org_id = self._find(options["org"]) if options["org"] else None
        calls = changed = 0
        last = options["after"]
        for done in redact_backlog(after=last, org_id=org_id):
            calls, changed, last = calls + done.calls, changed + done.changed, done.last
            if not options["json"]:
                self.stdout.write(f"{calls} calls, {changed} changed. To go on from here: --after {last}")
        if options["json"]:
            self.stdout.write(json.dumps({"calls": calls, "changed": changed, "last": str(last)}))
        else:
            self.stdout.write(f"Done: {calls} calls, {changed} changed.")

    def _find(self, wanted: str) -> UUID:
        found = find_organisations(wanted)
        if not found:
            raise CommandError(f"There is no organisation {wanted}.")
        return found[0].pk
