"""What libraries say in forms, said as this interface speaks: sentence case, one line of help."""

from __future__ import annotations

import re
from typing import Any, cast

from django.conf import settings
from django.forms import BoundField, PasswordInput

_LABELS = {
    "Current Password": "Current password",
    "New Password": "New password",
    "New Password (again)": "New password again",
    "Password (again)": "Password again",
    "Authenticator code": "Code from the app",
    "Authenticator secret": "Key, when you cannot scan",
}
_SHORTEST = 8
_LATER_CAPITAL = re.compile(r"(?<=\w[ -])[A-Z](?=[a-z])")


def label_of(field: BoundField) -> str:
    """Return the field's label in this interface's words."""
    label = str(field.label)
    return _LABELS.get(label, label)


def help_of(field: BoundField) -> str:
    """Return the field's help. The list of password rules becomes one line; markup comes from the library alone."""
    words = str(field.help_text)
    if isinstance(field.field.widget, PasswordInput) and "<li>" in words:
        return f"At least {_shortest()} characters. Not a common one, and nothing like your name or email address."
    return words


def sentence_case(words: str) -> str:
    """Lower the capitals that start later words: "Two-Factor Authentication" is "Two-factor authentication"."""
    return _LATER_CAPITAL.sub(lambda found: found.group().lower(), words.strip())


def _shortest() -> int:
    validators = cast("list[dict[str, Any]]", settings.AUTH_PASSWORD_VALIDATORS)
    lengths = (validator.get("OPTIONS", {}).get("min_length", 0) for validator in validators)
    return max(lengths, default=0) or _SHORTEST
