"""One Google calendar."""

from providers.google.events import GoogleEvents


class GoogleCalendar(GoogleEvents):
    """Reads a calendar; writing to it comes from a base class of its own."""
