"""A clinic with a calendar connected at the sandbox, without a browser."""

from dataclasses import replace
from datetime import timedelta

from credentials import connections
from credentials.calendars import TYPES, calendar_provider
from credentials.service import credential_service
from credentials.types import Provider, Secret
from orgs.actors import Actor
from providers.testing_oauth import answer_consent, new_pkce
from voxanne.clock import now

BACK = "http://127.0.0.1:8000/back"
EMAIL = "reception@north.example"


def connect_calendar(org, provider=Provider.GOOGLE_CALENDAR, **changes):
    """Consent at the sandbox, and store what comes of it."""
    pkce, client = new_pkce(), calendar_provider(provider)
    address = client.authorize_url(redirect_uri=BACK, state="s" * 43, code_challenge=pkce.challenge)
    code = answer_consent(address, email=EMAIL)["code"]
    grant = client.exchange_code(code=code, redirect_uri=BACK, code_verifier=pkce.verifier)
    credentials = TYPES[provider](
        access_token=Secret(grant.access_token),
        refresh_token=Secret(grant.refresh_token),
        expiry=grant.expires_at,
        scopes=grant.scopes,
        connected_email=grant.email,
        calendar_id="primary",
    )
    credentials = replace(credentials, **changes)
    connections.store_checked(
        org=org, credentials=credentials, shown={"connected_email": grant.email}, actor=Actor.system(org.pk)
    )
    return credentials


def connect_expired(org, provider=Provider.GOOGLE_CALENDAR):
    """The same, with an access token that has run out."""
    return connect_calendar(org, provider, expiry=now() - timedelta(minutes=1))


def stored(org, provider=Provider.GOOGLE_CALENDAR):
    """What the row holds now."""
    return credential_service.read_stored(org.pk, provider)
