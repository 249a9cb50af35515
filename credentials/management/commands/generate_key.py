"""`manage.py generate_key`: a fresh master key for `ENCRYPTION_KEY`."""

import secrets
from typing import Any

from django.core.management.base import BaseCommand

from voxanne.master_key import derive_master_key


class Command(BaseCommand):
    """Print 64 random hex characters and nothing else, so that the output can be assigned."""

    help = "Print a new random value for ENCRYPTION_KEY. Store it where the database backups are not."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        key = secrets.token_hex(32)
        derive_master_key(key)
        self.stdout.write(key)
