"""The way to the events of ours in a connected calendar."""

from credentials import calendar_tokens
from credentials.types import Provider
from orgs.models import Organization
from providers.calendar_events import EventWriter
from providers.google.writing import GoogleEventWriter
from providers.microsoft.writing import OutlookEventWriter
from scheduling.models import CalendarConnection, CalendarProvider


def calendar_writer(org: Organization, connection: CalendarConnection) -> EventWriter:
    """A writer with a token for at least some minutes. No transaction may be open.

    Raises:
        NotConnected, CredentialDisabled, CredentialUnreadable, NeedsReconnect: nothing can be done until a person acts.
        ProviderUnreachable: try again later.
    """
    token = calendar_tokens.get_access_token(org.pk, Provider(connection.provider)).reveal()
    kind = GoogleEventWriter if connection.provider == CalendarProvider.GOOGLE else OutlookEventWriter
    return kind(token, calendar_id=connection.calendar_id)
