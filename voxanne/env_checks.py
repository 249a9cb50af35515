"""What a good value of an environment variable looks like. A check gives what is wrong in words, or None."""

import os
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

E164 = re.compile(r"^\+[1-9]\d{6,14}$")

Check = Callable[[str], str | None]


def matches(pattern: str, want: str) -> Check:
    """Like the pattern, from its start."""
    compiled = re.compile(pattern)
    return lambda value: None if compiled.match(value) else f"it should be {want}"


def url(*schemes: str) -> Check:
    """An address with one of these schemes."""

    def check(value: str) -> str | None:
        parts = urlsplit(value)
        good = parts.scheme in schemes and (parts.netloc or "host=" in parts.query or parts.path)
        return None if good else f"it should be an address that starts with {' or '.join(s + '://' for s in schemes)}"

    return check


def at_least(length: int) -> Check:
    """So many characters or more."""
    return lambda value: None if len(value) >= length else f"it should have at least {length} characters"


def hosts(value: str) -> str | None:
    """Names for `ALLOWED_HOSTS`, none of them a wildcard."""
    names = [name.strip() for name in value.split(",")]
    if "*" in names:
        return "* would answer to any name; list the names"
    if not all(re.match(r"^\.?[A-Za-z0-9.-]+$|^\[[0-9a-fA-F:]+\]$", name) for name in names):
        return "it should be names without scheme, port or path, separated by commas"
    return None


def public_url(value: str) -> str | None:
    """An https address without a path."""
    parts = urlsplit(value)
    if parts.scheme != "https" or not parts.hostname:
        return "it should start with https:// (providers call it, and cookies need it)"
    return "it should be an address without a path" if parts.path.strip("/") else None


def between(low: int, high: int) -> Check:
    """A whole number, both ends included."""

    def check(value: str) -> str | None:
        good = value.isdigit() and low <= int(value) <= high
        return None if good else f"it should be a whole number from {low} to {high}"

    return check


def one_of(*words: str) -> Check:
    """One of a few words."""
    return lambda value: None if value in words else f"it should be one of {', '.join(words)}"


def writable_folder(value: str) -> str | None:
    """A folder from the root that is there, or can be made."""
    folder = Path(value)
    if not folder.is_absolute():
        return "it should be a path from the root"
    there = folder if folder.exists() else folder.parent
    good = there.is_dir() and os.access(there, os.W_OK)
    return None if good else "it should be a folder that this process may write to"


def encryption_key(value: str) -> str | None:
    """A master key that the product takes."""
    from voxanne.master_key import KeyRefused, derive_master_key

    try:
        derive_master_key(value)
    except KeyRefused as refused:
        return str(refused)
    return None
