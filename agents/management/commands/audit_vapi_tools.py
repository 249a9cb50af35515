"""`manage.py audit_vapi_tools`: no assistant of ours has tools that intercept ours, unknown ones, or too few."""

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from agents.vapi_audit import AuditFinding, Deviation, audit_assistants, repair
from voxanne.errors import ProviderError

_WORDS = {
    Deviation.NO_ASSISTANT: "has no assistant at Vapi",
    Deviation.NATIVE_TOOL: "has a native tool of its own",
    Deviation.UNKNOWN_TOOL: "is linked to an unknown tool",
    Deviation.MISSING_TOOL: "lacks the tool",
    Deviation.OTHER_SERVER: "sends its messages to another address",
    Deviation.DUPLICATE: "has another assistant besides",
    Deviation.UNREADABLE: "lives in an account of the clinic's own that cannot be read",
}


class Command(BaseCommand):
    """Asks Vapi, not our own records."""

    help = (
        "List assistants of ours whose model has native tools (they intercept calls before ours are asked), unknown or "
        "missing tools, another address for messages, or copies. --fix repairs them. Exit code 1 when something is "
        "open at the end."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--fix", action="store_true", help="bring them in step, delete unused copies, look again")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = audit_assistants()
            if options["fix"] and found:
                repair(found)
                left = audit_assistants()
            else:
                left = found
        except ProviderError as error:
            raise CommandError(f"Vapi could not be asked: {error}") from error
        if options["json"]:
            self.stdout.write(json.dumps({"found": [_row(item) for item in found], "open": len(left)}))
        else:
            self._say(found, left, fixed=options["fix"])
        if left:
            sys.exit(1)

    def _say(self, found: list[AuditFinding], left: list[AuditFinding], *, fixed: bool) -> None:
        for item in found:
            state = "" if not fixed else "  OPEN" if item in left else "  fixed"
            line = f"{item.org_id}  {item.agent_name} ({item.assistant_id or 'none'}) {_WORDS[item.deviation]}"
            self.stdout.write(f"{line} {item.what}".rstrip() + state)
        if not found:
            self.stdout.write("Every assistant has our tools and no others.")
        elif fixed:
            self.stdout.write(f"{len(found)} found, {len(left)} open.")
        else:
            self.stdout.write(f"{len(found)} found. Run it with --fix to repair them.")


def _row(item: AuditFinding) -> dict[str, str]:
    return {name: str(value) for name, value in asdict(item).items()}
