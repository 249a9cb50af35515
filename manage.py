#!/usr/bin/env python
"""Commands of Voxanne. `manage.py help` lists them."""

import os
import sys

# Migrations need the tables' owner; every other command is platform work and takes the worker's login.
_OWNER_COMMANDS = {"migrate", "makemigrations", "sqlmigrate", "showmigrations", "check", "dbshell"}


def main() -> None:
    """Run one command with the database login that it needs."""
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "voxanne.settings")
    os.environ.setdefault("VOXANNE_PROCESS", "owner" if command in _OWNER_COMMANDS else "worker")
    from voxanne.embedded.environment import load_local_environment

    load_local_environment()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
