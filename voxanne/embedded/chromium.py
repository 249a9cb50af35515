"""Finding a Chromium for the browser tests."""

import os
import shutil
from pathlib import Path

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
_MAC = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
MISSING = "no Chromium was found: install one (Debian: apt-get install chromium) or set CHROMIUM=/path/to/it"


def find_chromium() -> str | None:
    """The executable named by `CHROMIUM`, else the system's, else None."""
    named = os.environ.get("CHROMIUM", "")
    if named:
        return named if Path(named).exists() else None
    on_path = (shutil.which(name) for name in _NAMES)
    return next((path for path in on_path if path), None) or next((path for path in _MAC if Path(path).exists()), None)
