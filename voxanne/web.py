"""The web server's door: `python -m voxanne.web …` takes Granian's arguments.

Granian opens its port before a worker has loaded anything. Here the settings come first, then what must be right in the
database, so that a wrong one is told once, in one banner, and no port is ever taken.
"""

import os

from granian.cli import cli

import voxanne.settings  # noqa: F401 - prints the banner and exits when a setting is missing or wrong

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "voxanne.settings")
    os.environ.setdefault("VOXANNE_PROCESS", "web")
    import django

    django.setup()
    from voxanne.startup import refuse_to_start_broken

    refuse_to_start_broken()
    cli()
