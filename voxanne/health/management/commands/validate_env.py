"""Is every setting there and usable, and does what they point at answer?"""

import json
from typing import Any

from django.conf import settings as django_settings
from django.core.management.base import BaseCommand, CommandParser

from voxanne.env import VARIABLES, Variable, example_file, find_problem, find_problems, given
from voxanne.health import probes
from voxanne.health.probes import Outcome

SHOWN_CHARACTERS = 4


class Command(BaseCommand):
    help = (
        "Check each setting and what it points at, a line a check. Secrets show their first four characters at most. "
        "Exit code 0: all is well; 1: something is not."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="report as JSON")
        parser.add_argument("--online", action="store_true", help="also ask the providers whether they take our keys")
        parser.add_argument("--example", action="store_true", help="only print the text of .env.example")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["example"]:
            self.stdout.write(example_file(), ending="")
            return
        settings = [(variable, _judge(variable)) for variable in VARIABLES]
        together = [
            problem
            for problem in find_problems({v.name: given(v.name) for v in VARIABLES})
            if problem.what.startswith("is the same")
        ]
        outcomes = probes.run(probes.offline_probes() | (probes.online_probes() if options["online"] else {}))
        usable = not together and all(not problem for _, problem in settings)
        # A development installation lacks what only production needs; it is listed and does not count.
        well = all(outcome.is_well for outcome in outcomes) and (usable or django_settings.DEVELOPMENT)
        if options["json"]:
            self._print_json(settings, outcomes, well)
        else:
            self._print_lines(settings, outcomes)
            for problem in together:
                self.stdout.write(f"WRONG  {problem.name} {problem.what}. {problem.fix}")
        if not well:
            raise SystemExit(1)

    def _print_json(self, settings: list[tuple[Variable, str]], outcomes: list[Outcome], well: bool) -> None:
        report = {
            "ok": well,
            "settings": [{"name": v.name, "value": _shown(v), "problem": problem} for v, problem in settings],
            "checks": [{"name": outcome.name, "problem": outcome.problem} for outcome in outcomes],
        }
        self.stdout.write(json.dumps(report))

    def _print_lines(self, settings: list[tuple[Variable, str]], outcomes: list[Outcome]) -> None:
        wrong = "later" if django_settings.DEVELOPMENT else "WRONG"
        for variable, problem in settings:
            self.stdout.write(
                f"{wrong if problem else 'ok   '}  {variable.name} = {_shown(variable)}  {problem}".rstrip()
            )
        for outcome in outcomes:
            self.stdout.write(f"{'ok   ' if outcome.is_well else 'WRONG'}  {outcome.name}  {outcome.problem}".rstrip())


def _judge(variable: Variable) -> str:
    problem = find_problem(variable, given(variable.name))
    return f"{problem.what}. {problem.fix}" if problem else ""


def _shown(variable: Variable) -> str:
    """The value as it may be shown: an address may hold a password, so anything that is not plain counts as secret."""
    value = given(variable.name)
    if not value:
        return "(not set)"
    if variable.secret or ("://" in value and "@" in value):
        return f"{value[:SHOWN_CHARACTERS]}… ({len(value)} characters)"
    return value
