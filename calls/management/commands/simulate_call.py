"""`manage.py simulate_call`: ring an organisation's receptionist in the sandbox and wait until the call is over."""

import json
import time
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from calls.simulation import Wish, list_scenarios, simulate_call
from orgs.actors import Actor
from orgs.models import Organization
from orgs.scope import org_scope, service_tx
from providers.simulator.client import simulator
from voxanne.errors import DomainError


class Command(BaseCommand):
    """Places one simulated call. Exit code 1 when it could not be placed or its webhooks were not accepted."""

    help = "Place a simulated call to an organisation's receptionist (only where the providers are simulated)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--org", help="id or slug of the organisation; needed when there are several")
        parser.add_argument("--scenario", default="book_appointment", help="see --list")
        parser.add_argument("--fast", action="store_true", help="without the pauses of a real call")
        parser.add_argument("--list", action="store_true", help="list the scenarios and stop")
        parser.add_argument("--no-wait", action="store_true", help="do not wait for the end of the call")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["list"]:
                self._list()
                return
            result = self._place(options)
        except DomainError as refused:
            raise CommandError(refused.message) from refused
        self.stdout.write(json.dumps(result) if options["json"] else self._in_words(result))
        if result["status"] == "failed":
            raise CommandError(result["error"] or "The call failed.")

    def _list(self) -> None:
        for scenario in list_scenarios():
            self.stdout.write(f"{scenario.key:24} {scenario.title}. {scenario.description}")

    def _place(self, options: dict[str, Any]) -> dict[str, Any]:
        org = _find_org(options["org"])
        with org_scope(org):
            wish = Wish(scenario=options["scenario"], fast=options["fast"])
            placed = simulate_call(org=org, actor=Actor.system(org.pk), wish=wish)
        state: dict[str, Any] = {"status": "running", "deliveries": [], "error": None}
        while state["status"] == "running" and not options["no_wait"]:
            time.sleep(0.2)
            state = simulator().get_call(placed.call_id)
        return {
            "call_id": placed.call_id,
            "org": org.slug,
            "scenario": placed.scenario,
            "status": state["status"],
            "deliveries": len(state["deliveries"]),
            "error": state.get("error"),
        }

    def _in_words(self, result: dict[str, Any]) -> str:
        return (
            f"Call {result['call_id']} to {result['org']} ({result['scenario']}): {result['status']}, "
            f"{result['deliveries']} webhooks delivered."
        )


def _find_org(wanted: str | None) -> Organization:
    with service_tx("simulate_call looks up the organisation"):
        organizations = Organization.objects.order_by("created_at")
        if wanted:
            try:
                organizations = organizations.filter(pk=UUID(wanted))
            except ValueError:
                organizations = organizations.filter(slug=wanted)
        found = list(organizations[:2])
    if not found:
        raise CommandError("There is no such organisation.")
    if len(found) > 1:
        raise CommandError("There are several organisations: name one with --org.")
    return found[0]
