"""Reads a calendar, two events a page, in a process of its own, which may die: `ORG CONNECTION`."""

import sys

import django


def main() -> None:
    """Read it as the worker does."""
    django.setup()
    from providers.google import events
    from scheduling.calendars.tasks import sync_calendar

    events.PAGE = 2
    sync_calendar(sys.argv[1], sys.argv[2])


if __name__ == "__main__":
    main()
