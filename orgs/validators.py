"""Checks of fields that Django has no validator for."""

from zoneinfo import available_timezones

from django.core.exceptions import ValidationError


def validate_time_zone(value: str) -> None:
    """Accept IANA names only (`Europe/London`)."""
    if value not in available_timezones():
        raise ValidationError("Choose a time zone from the list, such as Europe/London.")
