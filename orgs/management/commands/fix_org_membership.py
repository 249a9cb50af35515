"""Mend memberships: clinics without an owner, and people who lost their place."""

import json
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from orgs.membership_repair import Finding, ensure_member, find_ownerless, make_owner
from orgs.models import Role
from voxanne.errors import NotFound


class Command(BaseCommand):
    help = (
        "Without arguments: list the organisations without an active owner; with --fix, make the longest-standing "
        "admin (else member) the owner. With --email and --org: make that person an active member with --role. "
        "Exit code 0: all is in order; 1: something is left."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--fix", action="store_true", help="mend what is found")
        parser.add_argument("--email", help="the person to make a member")
        parser.add_argument("--org", type=UUID, help="the organisation's id")
        parser.add_argument("--role", choices=Role.values, default=Role.MEMBER.value)
        parser.add_argument("--json", action="store_true", help="report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if bool(options["email"]) != bool(options["org"]):
            raise CommandError("--email and --org go together")
        if options["email"]:
            self._ensure(options)
            return
        found = find_ownerless()
        mended = [finding for finding in found if options["fix"] and make_owner(finding)]
        left = [finding for finding in found if finding not in mended]
        self._report(found, left, as_json=options["json"])
        if left:
            raise SystemExit(1)

    def _ensure(self, options: dict[str, Any]) -> None:
        try:
            membership = ensure_member(email=options["email"], org_id=options["org"], role=Role(options["role"]))
        except NotFound as error:
            raise CommandError(error.message) from error
        facts = {"membership_id": str(membership.pk), "user_id": str(membership.user_id), "role": membership.role}
        self.stdout.write(json.dumps(facts) if options["json"] else f"Member {facts['user_id']} is {facts['role']}.")

    def _report(self, found: list[Finding], left: list[Finding], *, as_json: bool) -> None:
        if as_json:
            rows = [
                {"org_id": str(f.org_id), "name": f.org_name, "problem": f.problem, "mended": f not in left}
                for f in found
            ]
            self.stdout.write(json.dumps({"in_order": not left, "found": rows}))
            return
        for finding in found:
            self.stdout.write(f"{'LEFT' if finding in left else 'mended'}  {finding.org_name} {finding.problem}")
        self.stdout.write(f"{len(found)} found, {len(found) - len(left)} mended")
