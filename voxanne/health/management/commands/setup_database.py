"""Make the database, its roles and its extension on a server of one's own."""

import os
from typing import Any
from urllib.parse import urlsplit

import psycopg
from django.core.management.base import BaseCommand, CommandError, CommandParser

from voxanne.embedded.roles import LOGINS, ensure_database


class Command(BaseCommand):
    help = (
        "Make or correct the roles, the database and the pgvector extension; safe to run again. Needs "
        "DATABASE_SUPERUSER_URL, an address of a cluster admin. Passwords of the logins are taken from the addresses "
        "in DATABASE_URL and DATABASE_URL_{WORKER,ADMIN,OWNER}. Exit code 0: done; 1: not."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--database", help="its name; by default the one in DATABASE_URL")

    def handle(self, *args: Any, **options: Any) -> None:
        superuser_url = os.environ.get("DATABASE_SUPERUSER_URL", "")
        if not superuser_url:
            raise CommandError("DATABASE_SUPERUSER_URL is missing: the address of a cluster admin")
        database = options["database"] or urlsplit(os.environ.get("DATABASE_URL", "")).path.strip("/") or "voxanne"
        try:
            ensure_database(superuser_url, database=database, passwords=_passwords())
        except psycopg.Error as error:
            raise CommandError(f"the server refused: {str(error).splitlines()[0]}") from error
        self.stdout.write(f"Database {database} is ready for `manage.py migrate`.")


def _passwords() -> dict[str, str]:
    """login → password, from the addresses that the processes will use."""
    web = urlsplit(os.environ.get("DATABASE_URL", ""))
    found = {}
    for login in LOGINS:
        own = urlsplit(os.environ.get(f"DATABASE_URL_{login.removeprefix('voxanne_').upper()}", ""))
        password = own.password or web.password
        if password:
            found[login] = password
    return found
