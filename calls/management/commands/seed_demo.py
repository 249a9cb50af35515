"""`manage.py seed_demo`: a clinic to look at, with a week of calls behind it."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from calls.demo import DEMO_EMAIL, DEMO_PASSWORD, seed_demo


class Command(BaseCommand):
    """Makes the demo clinic, its owner and past calls. Running it again changes nothing."""

    help = "Make the demo clinic and its login, with a fortnight of past calls. Safe to run again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        org, is_new = seed_demo()
        result = {"org_id": str(org.pk), "email": DEMO_EMAIL, "password": DEMO_PASSWORD, "created": is_new}
        words = f"{org.name}: sign in as {DEMO_EMAIL} with the password {DEMO_PASSWORD}"
        self.stdout.write(json.dumps(result) if options["json"] else words)
