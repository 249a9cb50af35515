"""The web server's door: `python -m voxanne.web …` takes Granian's arguments.

Granian opens its port before a worker has loaded anything. Here the settings come first, so that a wrong one is told
once, in one banner, and no port is ever taken.
"""

from granian.cli import cli

import voxanne.settings  # noqa: F401 - prints the banner and exits when a setting is missing or wrong

if __name__ == "__main__":
    cli()
