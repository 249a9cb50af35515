"""`manage.py backfill_phone_number_ids`: give agents the id of the number at Vapi that they call from."""

import json
from argparse import ArgumentParser
from collections import Counter
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from agents.numbers.backfill import Filling, backfill_phone_number_ids
from orgs.models import Organization
from orgs.scope import service_tx


class Command(BaseCommand):
    """Safe to run again: an agent that has one is left alone. Fails when Vapi could not be asked about some."""

    help = "Resolve and store agents' phone number ids at Vapi, from our tables or by asking Vapi."

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--org", help="one organisation, by its id or short name")
        which.add_argument("--all", action="store_true", help="every organisation")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        orgs = _find_orgs(options["org"])
        results = [result for org in orgs for result in backfill_phone_number_ids(org=org)]
        counts = Counter(result.outcome.value for result in results)
        if options["json"]:
            rows = [
                {"org": str(item.org_id), "agent": str(item.agent_id), "outcome": item.outcome.value}
                for item in results
            ]
            self.stdout.write(json.dumps({"organisations": len(orgs), "outcomes": dict(counts), "agents": rows}))
        else:
            for item in results:
                self.stdout.write(f"{item.org_id} {item.agent_id} {item.outcome.value}")
            said = ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items())) or "nothing to do"
            self.stdout.write(f"{len(orgs)} organisations: {said}")
        if counts[Filling.NOT_ASKED]:
            raise CommandError("Vapi could not be asked about some agents: run the command again.")


def _find_orgs(wanted: str | None) -> list[Organization]:
    with service_tx("back-fill phone number ids"):
        if wanted is None:
            return list(Organization.objects.order_by("pk"))
        try:
            org = Organization.objects.filter(pk=UUID(wanted)).first()
        except ValueError:
            org = Organization.objects.filter(slug=wanted).first()
    if org is None:
        raise CommandError(f"There is no organisation {wanted}.")
    return [org]
