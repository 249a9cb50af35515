"""`manage.py check_contracts`: does a running backend answer every tool as Vapi asks it?"""

import json
import sys
from argparse import ArgumentParser
from collections import Counter
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from agents.tool_sync import find_organisations
from calls.contract_check import Tried, check_contracts
from voxanne.errors import DomainError, ProviderError


class Command(BaseCommand):
    """Everything is a trial that the backend takes back: nothing is booked, stored or sent."""

    help = (
        "Send every registered tool's payload, in Vapi's four forms and to both addresses, with a proper proof, to a "
        "running backend and check the answers. The backend takes back what the tools do. Exit code 1 on any deviation."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--org", metavar="SLUG", default="", help="whose line; the first organisation by default")
        parser.add_argument("--url", default="", help="the backend's address, BACKEND_URL by default")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        orgs = find_organisations(options["org"])
        if not orgs:
            raise CommandError(f"There is no organisation {options['org']}.".replace(" .", "."))
        url = (options["url"] or settings.BACKEND_URL).rstrip("/")
        try:
            tried = list(check_contracts(org=orgs[0], base_url=url))
        except DomainError as refused:
            raise CommandError(refused.message) from refused
        except ProviderError as error:
            raise CommandError(f"{url} does not answer: {error}") from error
        wrong = [item for item in tried if item.deviations]
        if options["json"]:
            rows = [asdict(item) for item in tried]
            self.stdout.write(json.dumps({"url": url, "tried": len(tried), "wrong": len(wrong), "answers": rows}))
        else:
            self._say(tried, wrong)
        if wrong:
            sys.exit(1)

    def _say(self, tried: list[Tried], wrong: list[Tried]) -> None:
        for tool in dict.fromkeys(item.tool for item in tried):
            answers = Counter(item.code or "wrong" for item in tried if item.tool == tool)
            said = ", ".join(f"{count} {code}" for code, count in answers.items())
            self.stdout.write(f"{tool}: {said}")
        for item in wrong:
            self.stdout.write(f"WRONG {item.tool}, {item.form}, {item.address}: {'; '.join(item.deviations)}")
        self.stdout.write(f"{len(tried)} answers, {len(wrong)} wrong")
