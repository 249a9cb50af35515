"""The two calendar providers behind one set of names."""

from typing import Protocol

from credentials.types import (
    CalendarCredentials,
    GoogleCalendarCredentials,
    OutlookCalendarCredentials,
    Provider,
)
from providers.google import client as google
from providers.microsoft import client as microsoft
from providers.oauth import CalendarInfo, OAuthGrant

CALENDARS = (Provider.GOOGLE_CALENDAR, Provider.OUTLOOK_CALENDAR)


class CalendarProvider(Protocol):
    """What `providers.google.client` and `providers.microsoft.client` both offer; each raises a `ProviderError`."""

    SCOPES: tuple[str, ...]

    def authorize_url(self, *, redirect_uri: str, state: str, code_challenge: str, login_hint: str = "") -> str: ...

    def exchange_code(self, *, code: str, redirect_uri: str, code_verifier: str) -> OAuthGrant: ...

    def refresh(self, refresh_token: str) -> OAuthGrant: ...

    def revoke(self, token: str) -> bool: ...

    def read_calendar(self, access_token: str, *, calendar_id: str = "primary") -> CalendarInfo: ...


TYPES: dict[Provider, type[CalendarCredentials]] = {
    Provider.GOOGLE_CALENDAR: GoogleCalendarCredentials,
    Provider.OUTLOOK_CALENDAR: OutlookCalendarCredentials,
}


def calendar_provider(provider: Provider) -> CalendarProvider:
    """The client of a calendar's provider.

    Raises:
        KeyError: the provider keeps no calendar.
    """
    return {Provider.GOOGLE_CALENDAR: google, Provider.OUTLOOK_CALENDAR: microsoft}[provider]
