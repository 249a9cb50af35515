"""`manage.py backfill_agent_twilio`: give default agents a copy of their organisation's Twilio account."""

import json
from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand

from agents.backfill import backfill_organisation
from orgs.models import Organization
from orgs.scope import service_tx


class Command(BaseCommand):
    """Safe to run again: an agent that has an account of its own is left alone."""

    help = "Seed the default agents' own Twilio accounts from their organisation's. Asks no provider."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        with service_tx("seed agents' Twilio accounts"):
            orgs = list(Organization.objects.order_by("pk"))
        results = [result for org in orgs for result in backfill_organisation(org=org)]
        counts = Counter(result.outcome.value for result in results)
        if options["json"]:
            rows = [
                {"org": str(item.org_id), "agent": str(item.agent_id), "outcome": item.outcome.value}
                for item in results
            ]
            self.stdout.write(json.dumps({"organisations": len(orgs), "outcomes": dict(counts), "agents": rows}))
            return
        for item in results:
            self.stdout.write(f"{item.org_id} {item.agent_id} {item.outcome.value}")
        said = ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items())) or "nothing to do"
        self.stdout.write(f"{len(orgs)} organisations: {said}")
