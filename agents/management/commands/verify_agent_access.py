"""`manage.py verify_agent_access`: can a clinic's agents take and make calls, end to end?"""

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from agents.access_check import Verdict, check_access
from agents.tool_sync import find_organisations


class Command(BaseCommand):
    """Asks each provider. Nothing is changed but what is known of a calendar's or key's health."""

    help = (
        "Check one organisation's way through Vapi, Twilio and its calendars, a line a check with what to do. Exit "
        "code 1 when a check failed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--org", metavar="SLUG", required=True, help="the organisation, by its slug or id")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        orgs = find_organisations(options["org"])
        if not orgs:
            raise CommandError(f"There is no organisation {options['org']}.")
        checks = check_access(orgs[0])
        failed = sum(check.verdict is Verdict.FAILED for check in checks)
        if options["json"]:
            rows = [asdict(check) for check in checks]
            self.stdout.write(json.dumps({"org": str(orgs[0].pk), "failed": failed, "checks": rows}))
        else:
            width = max(len(check.name) for check in checks)
            for check in checks:
                self.stdout.write(f"{check.verdict.value:<8}{check.name:<{width}}  {check.words}")
                if check.fix:
                    self.stdout.write(f"{'':<8}{'':<{width}}  → {check.fix}")
            self.stdout.write(f"{len(checks)} checks, {failed} failed")
        if failed:
            sys.exit(1)
