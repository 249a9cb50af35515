"""Asking a provider whether credentials are good. Never inside a transaction: a provider may take ten seconds.

What a provider says in its own words goes to the log; people get a plain sentence.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from django.db import connection

from credentials.calendars import calendar_provider
from credentials.errors import CheckImpossible, CredentialRefused, ProviderUnreachable
from credentials.masks import mask_phone, mask_sid
from credentials.types import (
    CalendarCredentials,
    Credentials,
    ElevenLabsCredentials,
    Provider,
    ResendCredentials,
    TwilioCredentials,
    VapiCredentials,
)
from credentials.vapi_accounts import prove_key
from providers.elevenlabs.client import ElevenLabsClient
from providers.resend.client import ResendClient
from providers.twilio.client import TwilioClient
from voxanne.errors import Owner, ProviderError, Rejected, Unauthorized

log = structlog.get_logger(__name__)

_REFUSED: dict[Provider, str] = {
    Provider.TWILIO: "Twilio did not accept this account SID and auth token. Copy both again from the Twilio console.",
    Provider.RESEND: "Resend did not accept this API key. Make one with full access, then copy it whole.",
    Provider.ELEVENLABS: "ElevenLabs did not accept this API key. Make a new one with access to User, then copy it.",
    Provider.VAPI: "Vapi did not accept this key. Copy the private key again, not the public one.",
    Provider.GOOGLE_CALENDAR: "Google stopped letting us read your calendar. Reconnect it to keep bookings safe.",
    Provider.OUTLOOK_CALENDAR: "Microsoft stopped letting us read your calendar. Reconnect it to keep bookings safe.",
}


def check(credentials: Credentials) -> dict[str, Any]:
    """Ask the provider, and return what may be shown of the credentials. A calendar's access token must be fresh.

    Raises:
        CredentialRefused: the provider does not accept them; a plain sentence says what to do.
        ProviderUnreachable: it is down or slow, or refuses us rather than the clinic.
    """
    with asking(credentials.provider):
        match credentials:
            case TwilioCredentials():
                return _check_twilio(credentials)
            case ResendCredentials():
                return _check_resend(credentials)
            case ElevenLabsCredentials():
                ElevenLabsClient(credentials.api_key.reveal()).fetch_user()
                return {}
            case CalendarCredentials():
                return _check_calendar(credentials)
            case VapiCredentials():
                prove_key(credentials.api_key)
                return shown_of_vapi(credentials)
    raise ValueError(f"{credentials.provider} is not checked here")


def shown_of_vapi(credentials: VapiCredentials) -> dict[str, Any]:
    """What may be shown of credentials that Vapi accepts."""
    return {"ownAccount": bool(credentials.api_key)}


@contextmanager
def asking(provider: Provider) -> Iterator[None]:
    """Ask a provider something about a clinic's credentials: what it answers with becomes an error for people.

    Raises:
        CredentialRefused, ProviderUnreachable: as `check`.
    """
    refuse_open_transaction()
    try:
        yield
    except (Unauthorized, Rejected) as error:
        log.warning("credentials.refused", provider=provider.value, error=str(error))
        if error.owner is Owner.US:
            raise CheckImpossible(provider) from error
        raise CredentialRefused(provider, _REFUSED[provider]) from error
    except ProviderError as error:
        log.warning("credentials.unreachable", provider=provider.value, error=str(error))
        raise ProviderUnreachable(provider) from error


def refuse_open_transaction() -> None:
    """Raise when a tenant transaction is open: a provider's ten seconds must not hold a connection and its locks.

    Raises:
        RuntimeError: the caller has to leave its `org_tx` first.
    """
    if getattr(connection, "voxanne_context", None) is not None:
        raise RuntimeError("a provider is asked inside a transaction: leave org_tx first")


def _check_twilio(credentials: TwilioCredentials) -> dict[str, Any]:
    client = TwilioClient(credentials.account_sid, credentials.auth_token.reveal())
    account = client.fetch_account()
    if account.status != "active":
        raise CredentialRefused(
            Provider.TWILIO, f"This Twilio account is {account.status}. Reactivate it at Twilio, then try again."
        )
    if client.find_number(credentials.phone_number) is None:
        sentence = "This number does not belong to this Twilio account. Choose one of its own numbers."
        raise CredentialRefused(Provider.TWILIO, sentence, fields={"phoneNumber": [sentence]})
    return {
        "maskedPhone": mask_phone(credentials.phone_number),
        "maskedSid": mask_sid(credentials.account_sid),
        "maskedWhatsapp": mask_phone(credentials.whatsapp_number),
        "maskedServiceSid": mask_sid(credentials.messaging_service_sid),
    }


def _check_calendar(credentials: CalendarCredentials) -> dict[str, Any]:
    calendar = calendar_provider(credentials.provider).read_calendar(
        credentials.access_token.reveal(), calendar_id=credentials.calendar_id
    )
    return {"connected_email": credentials.connected_email, "calendar": calendar.summary}


def _check_resend(credentials: ResendCredentials) -> dict[str, Any]:
    wanted = credentials.from_email.rpartition("@")[2].lower()
    domains = {item.name.lower(): item.status for item in ResendClient(credentials.api_key.reveal()).list_domains()}
    if wanted not in domains:
        sentence = f"The domain {wanted} is not in this Resend account. Add it there, then try again."
    elif domains[wanted] != "verified":
        sentence = f"The domain {wanted} is not verified at Resend yet. Finish its DNS records, then try again."
    else:
        return {"fromEmail": credentials.from_email, "webhook": bool(credentials.webhook_secret)}
    raise CredentialRefused(Provider.RESEND, sentence, fields={"fromEmail": [sentence]})
