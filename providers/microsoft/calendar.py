"""One Outlook calendar."""

from providers.microsoft.events import OutlookEvents


class OutlookCalendar(OutlookEvents):
    """Reads a calendar; writing to it comes from a base class of its own."""
