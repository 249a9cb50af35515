"""Open a clinic with its owner from the command line."""

import json
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import connection, transaction

from orgs.api.tokens import issue_tokens
from orgs.models import Role, User
from orgs.querysets import MembershipFact, memberships_of
from orgs.services import NewOrganization, create_organization
from orgs.validators import validate_time_zone


class Command(BaseCommand):
    help = (
        "Open a clinic with its owner, or find it when it is there already (same owner's email and same name). "
        "Exit code 0: it is there; 1: an argument is not usable."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--name", required=True, help="the clinic's name")
        parser.add_argument("--owner-email", required=True)
        parser.add_argument("--owner-password", required=True, help="kept as it is when the owner has an account")
        parser.add_argument("--owner-name", default="", help="the owner's full name")
        parser.add_argument("--country", default="GB", help="ISO 3166-1, two letters")
        parser.add_argument("--currency", default="GBP", help="ISO 4217, three letters")
        parser.add_argument("--timezone", default="Europe/London", help="IANA name")
        parser.add_argument("--json", action="store_true", help="print org_id, user_id, access, refresh as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            _check(options)
            with transaction.atomic():
                user = _ensure_owner(options)
            membership = _ensure_clinic(user, options)
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error
        tokens = issue_tokens(user_id=user.pk, org_id=membership.org_id, role=membership.role)
        answer = {"org_id": str(membership.org_id), "user_id": str(user.pk), **tokens}
        if options["json"]:
            self.stdout.write(json.dumps(answer))
        else:
            self.stdout.write(f"{membership.org_name} ({answer['org_id']}), owner {user.email} ({answer['user_id']})")


def _check(options: dict[str, Any]) -> None:
    validate_email(options["owner_email"])
    validate_time_zone(options["timezone"])
    if not 0 < len(options["name"].strip()) <= 120:
        raise ValidationError("The name should have 1 to 120 characters.")
    if not (len(options["country"]) == 2 and options["country"].isalpha()):
        raise ValidationError("The country should be two letters, such as GB.")
    if not (len(options["currency"]) == 3 and options["currency"].isalpha()):
        raise ValidationError("The currency should be three letters, such as GBP.")


def _ensure_owner(options: dict[str, Any]) -> User:
    """The owner's account; whoever runs this command vouches for the address, so a new one counts as confirmed."""
    email = options["owner_email"].strip().lower()
    with connection.cursor() as cursor:  # two runs at once must not both find nobody
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"create_org {email}"])
    user = User.objects.filter(email=email).first()
    if user is None:
        validate_password(options["owner_password"], User(email=email, full_name=options["owner_name"]))
        user = User.objects.create_user(
            email=email, password=options["owner_password"], full_name=options["owner_name"]
        )
        EmailAddress.objects.create(user=user, email=email, primary=True, verified=True)
    return user


def _ensure_clinic(user: User, options: dict[str, Any]) -> MembershipFact:
    name = options["name"].strip()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"create_org {user.pk}"])
        if not _find(user, name):
            new = NewOrganization(
                name=name,
                country=options["country"].upper(),
                timezone=options["timezone"],
                currency=options["currency"].upper(),
            )
            create_organization(new=new, owner=user)
    found = _find(user, name)
    assert found is not None
    return found


def _find(user: User, name: str) -> MembershipFact | None:
    return next((fact for fact in memberships_of(user.pk) if fact.org_name == name and fact.role == Role.OWNER), None)
