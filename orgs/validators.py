"""Checks of fields that Django has no validator for."""

from functools import cache
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError


@cache
def time_zones() -> frozenset[str]:
    """The names of all zones. Python reads a folder tree for them each time it is asked."""
    return frozenset(available_timezones())


def validate_time_zone(value: str) -> None:
    """Accept IANA names only (`Europe/London`)."""
    if value not in time_zones():
        raise ValidationError("Choose a time zone from the list, such as Europe/London.")
