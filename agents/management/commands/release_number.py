"""`manage.py release_number +E164`: for operators, when a clinic cannot or nobody asks any more."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError

from agents.managed_numbers.flow import FlowOutcome, advance
from agents.managed_numbers.ordering import read_number, release_number
from orgs.actors import Actor
from orgs.models import Organization
from orgs.scope import org_scope, org_tx, service_tx
from telephony.models import ENDED, ManagedPhoneNumber
from voxanne.errors import BadInput


class Command(BaseCommand):
    help = "Give a number that we bought back: from its agent, from Vapi, at Twilio. Safe to run twice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("number", help="in E.164: + country code and number")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            number = read_number(options["number"])
        except BadInput as bad:
            raise CommandError("Give the number in E.164: + country code and number.") from bad
        with service_tx("find whose a number is"):
            row = ManagedPhoneNumber.across_orgs.filter(phone_number=number).exclude(status__in=ENDED).first()
        if row is None:
            raise CommandError("No clinic has this number from us.")
        with org_scope(row.org_id), org_tx():
            org = Organization.objects.get()
        release_number(org=org, number_id=row.pk, actor=Actor.system(org.pk))
        outcome = advance(org=org, row_id=row.pk)
        if outcome is FlowOutcome.ENDED:
            self.stdout.write("Given back.")
            return
        with org_scope(org), org_tx():
            row.refresh_from_db()
        why = row.problem or "A worker is at it."
        self.stdout.write(f"On its way, and tried again until it is done. {why}")
