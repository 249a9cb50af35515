"""What the API and the page show of integrations. Nothing is decrypted for it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.conf import settings

from credentials import oauth
from credentials.calendars import CALENDARS
from credentials.events import SyncNote, find_sync_note
from credentials.fields import FIELDS
from credentials.service import credential_service
from credentials.slugs import slug_of
from credentials.types import Provider, ProviderStatus
from orgs.models import Organization

State = Literal["connected", "attention", "off", "absent"]

# What the API calls each provider, and which of the shown metadata it names.
_API: dict[Provider, tuple[str, dict[str, str]]] = {
    Provider.VAPI: ("vapi", {"ownAccount": "ownAccount"}),
    Provider.TWILIO: ("twilio", {"maskedPhone": "maskedPhone", "maskedSid": "maskedSid"}),
    Provider.GOOGLE_CALENDAR: ("googleCalendar", {"connectedEmail": "connected_email", "calendar": "calendar"}),
    Provider.OUTLOOK_CALENDAR: ("outlookCalendar", {"connectedEmail": "connected_email", "calendar": "calendar"}),
    Provider.RESEND: ("resend", {"fromEmail": "fromEmail"}),
    Provider.ELEVENLABS: ("elevenlabs", {}),
}


@dataclass(frozen=True)
class Words:
    """How the page speaks of a provider."""

    lead: str
    icon: str
    facts: tuple[tuple[str, str], ...] = ()


WORDS: dict[Provider, Words] = {
    Provider.TWILIO: Words(
        "The account that your number belongs to. Your receptionist answers that number.",
        "phone",
        (("Number", "maskedPhone"), ("Account", "maskedSid"), ("WhatsApp", "maskedWhatsapp")),
    ),
    Provider.GOOGLE_CALENDAR: Words(
        "The Google account whose calendar you let us read and write.",
        "calendar-days",
        (("Account", "connected_email"), ("Calendar", "calendar")),
    ),
    Provider.OUTLOOK_CALENDAR: Words(
        "The Microsoft account whose calendar you let us read and write.",
        "calendar-days",
        (("Account", "connected_email"), ("Calendar", "calendar")),
    ),
    Provider.RESEND: Words("The account and the address that you send email from.", "mail", (("From", "fromEmail"),)),
    Provider.ELEVENLABS: Words("The account that holds your voices.", "audio-lines"),
    Provider.VAPI: Words("Carries your calls. It proves itself to us with a webhook secret.", "bot"),
}


@dataclass(frozen=True)
class Card:
    """One provider on the page.

    Attributes:
        is_offered: whether this installation can connect it at all.
        can_end: whether it can be disconnected; Vapi carries the calls and cannot.
        note: how far what follows the credential has come.
    """

    provider: Provider
    state: State
    error: str
    last_verified_at: datetime | None
    facts: tuple[tuple[str, str], ...]
    is_offered: bool
    note: SyncNote | None

    @property
    def slug(self) -> str:
        return slug_of(self.provider)

    @property
    def label(self) -> str:
        return str(self.provider.label)

    @property
    def words(self) -> Words:
        return WORDS[self.provider]

    @property
    def is_calendar(self) -> bool:
        return self.provider in CALENDARS

    @property
    def is_vapi(self) -> bool:
        return self.provider is Provider.VAPI

    @property
    def is_stored(self) -> bool:
        return self.state != "absent"

    @property
    def has_form(self) -> bool:
        return has_form(self.provider)

    @property
    def can_end(self) -> bool:
        return self.is_stored and not self.is_vapi


def describe(provider: Provider, status: ProviderStatus | None) -> dict[str, Any]:
    """One integration as the API shows it: masks and states, never a token."""
    shown = {name: (status.metadata.get(key) or None) if status else None for name, key in _API[provider][1].items()}
    return {
        "connected": bool(status and status.is_active),
        "lastVerified": status.last_verified_at if status else None,
        "error": (status.verification_error or None) if status else None,
        **shown,
    }


def describe_all(org: Organization) -> dict[str, Any]:
    """Every integration as the API shows it. One query."""
    statuses = _statuses(org)
    return {name: describe(provider, statuses.get(provider)) for provider, (name, _) in _API.items()}


def list_cards(org: Organization) -> list[Card]:
    """The page's cards. One query, and one more for each provider that something follows."""
    statuses = _statuses(org)
    return [_card(org, provider, statuses.get(provider)) for provider in WORDS]


def list_failures(org: Organization) -> list[ProviderStatus]:
    """The integrations that stopped working. One query."""
    return [
        status for status in credential_service.list_providers(org.pk) if status.is_active and not status.is_working
    ]


def get_card(org: Organization, provider: Provider) -> Card:
    """One card."""
    return _card(org, provider, credential_service.find_status(org.pk, provider))


def has_form(provider: Provider) -> bool:
    """Whether its credentials are typed in here. A key of the clinic's own at Vapi only where that is allowed."""
    return provider in FIELDS and (provider is not Provider.VAPI or settings.ALLOW_ORG_VAPI_KEYS)


def _statuses(org: Organization) -> dict[Provider, ProviderStatus]:
    return {status.provider: status for status in credential_service.list_providers(org.pk)}


def _card(org: Organization, provider: Provider, status: ProviderStatus | None) -> Card:
    facts = WORDS[provider].facts if status else ()
    return Card(
        provider=provider,
        state=_state(status),
        error=status.verification_error if status else "",
        last_verified_at=status.last_verified_at if status else None,
        facts=tuple((name, str(status.metadata[key])) for name, key in facts if status and status.metadata.get(key)),
        is_offered=provider not in CALENDARS or oauth.is_offered(provider),
        note=find_sync_note(org, provider) if status else None,
    )


def _state(status: ProviderStatus | None) -> State:
    if status is None:
        return "absent"
    if not status.is_active:
        return "off"
    return "attention" if status.verification_error else "connected"
