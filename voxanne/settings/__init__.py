"""Settings, read from the environment once. Parts: base, data, security, providers."""

import os
import sys

from voxanne.env import banner, find_problems, set_aside

ENVIRONMENT = os.environ.get("VOXANNE_ENV", "production").strip().lower()
if ENVIRONMENT not in {"development", "test"}:
    ENVIRONMENT = "production"

# Commands that only report or make keys must work while the settings are still wrong.
_REPORTING = {"validate_env", "generate_key", "help", "--help", "version", "collectstatic", "spectacular"}
_command = sys.argv[1] if len(sys.argv) > 1 and sys.argv[0].endswith("manage.py") else ""

if ENVIRONMENT == "production" and (_problems := find_problems(os.environ)):
    if _command not in _REPORTING:
        print(banner(_problems), file=sys.stderr)  # noqa: T201 - the banner comes before logging is set up
        sys.exit(1)
    set_aside(_problems)

from .base import *  # noqa: E402, F403
from .data import *  # noqa: E402, F403
from .providers import *  # noqa: E402, F403
from .security import *  # noqa: E402, F403
