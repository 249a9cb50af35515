"""`manage.py sync_tools`: register the tools once, and link them to every assistant."""

import json
import sys
import time
from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from agents.tool_sync import AgentSync, find_organisations, sync_organisations


class Command(BaseCommand):
    """Safe to run again and beside workers: what is in step already is only looked at."""

    help = (
        "Register the platform's tools at Vapi, each once, and bring the assistants of one organisation or of all in "
        "step with them. A second run changes nothing and writes nothing. Exit code 1 when something is left to do."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        whose = parser.add_mutually_exclusive_group(required=True)
        whose.add_argument("--org", metavar="SLUG", help="one organisation, by its slug or id")
        whose.add_argument("--all", action="store_true", help="every organisation")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        orgs = find_organisations(options["org"] or "")
        if options["org"] and not orgs:
            raise CommandError(f"There is no organisation {options['org']}.")
        results, started = [], time.perf_counter()
        for item in sync_organisations(orgs):
            results.append(item)
            if not options["json"]:
                self.stdout.write(_line(item))
        counts = Counter(item.outcome.value for item in results)
        left = sum(bool(item.problem) for item in results)
        if options["json"]:
            agents = [_row(item) for item in results]
            seconds = round(time.perf_counter() - started, 1)
            report = {"organisations": len(orgs), "outcomes": dict(counts), "left": left, "seconds": seconds}
            self.stdout.write(json.dumps({**report, "agents": agents}))
        else:
            said = ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items())) or "no agents"
            self.stdout.write(f"{len(orgs)} organisations: {said}; {left} left to do")
        if left:
            sys.exit(1)


def _line(item: AgentSync) -> str:
    ending = f": {item.problem}" if item.problem else ""
    return f"{item.org.slug}  {item.agent_name}  {item.outcome.value}{ending}"


def _row(item: AgentSync) -> dict[str, str]:
    return {
        "org": str(item.org.pk),
        "agent": str(item.agent_id),
        "outcome": item.outcome.value,
        "problem": item.problem,
    }
