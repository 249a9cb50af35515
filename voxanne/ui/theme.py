"""The theme a person chose: a cookie the server reads, so that no page flashes."""

from __future__ import annotations

from typing import Literal

from django.http import HttpRequest

Choice = Literal["light", "dark", "system"]

COOKIE = "theme"
COOKIE_AGE_S = 31_536_000
CHOICES: tuple[Choice, ...] = ("light", "dark", "system")
_NAMES = {"light": "voxanne-light", "dark": "voxanne-dark"}


def chosen(request: HttpRequest) -> Choice:
    """Return the choice; anything unknown means the system's."""
    value = request.COOKIES.get(COOKIE, "system")
    return value if value in CHOICES else "system"


def theme_name(choice: Choice) -> str:
    """Return the value of data-theme, empty when the system decides."""
    return _NAMES.get(choice, "")
