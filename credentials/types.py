"""Providers, and what is kept for each: typed, and silent about their secrets."""

import hmac
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, NoReturn, Protocol, Self

from django.db import models

from voxanne.clock import now


class Provider(models.TextChoices):
    """Whose credentials an organisation may keep here."""

    VAPI = "vapi", "Vapi"
    TWILIO = "twilio", "Twilio"
    GOOGLE_CALENDAR = "google_calendar", "Google Calendar"
    OUTLOOK_CALENDAR = "outlook_calendar", "Outlook Calendar"
    RESEND = "resend", "Resend"
    ELEVENLABS = "elevenlabs", "ElevenLabs"


class Secret:
    """A text that shows itself as `***` wherever it is printed, logged or formatted; only `reveal()` gives it out."""

    __slots__ = ("_text",)
    MASK: ClassVar[str] = "***"

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself, for the request that needs it."""
        return self._text

    def matches(self, given: str) -> bool:
        """Whether a given text is the secret, in a time that does not tell how much of it was right."""
        return bool(self._text) and hmac.compare_digest(self._text.encode(), given.encode(errors="surrogatepass"))

    def __repr__(self) -> str:
        return self.MASK

    def __str__(self) -> str:
        return self.MASK

    def __format__(self, spec: str) -> str:
        return self.MASK

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and hmac.compare_digest(self._text.encode(), other._text.encode())

    def __hash__(self) -> int:
        return hash(self._text)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret does not leave its process: pass ids and read it again")


class Credentials(Protocol):
    """What every provider's credentials can do: become the JSON that is encrypted, and come back from it."""

    provider: ClassVar[Provider]

    def to_config(self) -> dict[str, Any]:
        """The plain values, to be encrypted."""

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Back from the plain values.

        Raises:
            KeyError, TypeError, ValueError: a value is missing or of the wrong kind.
        """


@dataclass(frozen=True)
class FormerSecret:
    """A webhook secret that was replaced, and until when (aware UTC) it is still accepted."""

    secret: Secret
    until: datetime

    def to_config(self) -> dict[str, str]:
        return {"secret": self.secret.reveal(), "until": self.until.isoformat()}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        return cls(Secret(_text(config, "secret")), datetime.fromisoformat(_text(config, "until")))


@dataclass(frozen=True)
class VapiCredentials:
    """What Vapi shows us when it calls on behalf of an organisation's assistant.

    Attributes:
        webhook_secret: sent by Vapi with every webhook.
        secret_id: names this secret without telling it, so that we know which one Vapi was given.
        previous: secrets from before renewals, newest first, each still accepted until its own time.
        api_key: the clinic's own account at Vapi, where the installation allows one.
    """

    provider: ClassVar[Provider] = Provider.VAPI

    webhook_secret: Secret
    secret_id: str
    previous: tuple[FormerSecret, ...] = ()
    api_key: Secret | None = None

    def __post_init__(self) -> None:
        if not self.webhook_secret or not self.secret_id:
            raise ValueError("a webhook secret and its id are needed")

    @property
    def webhook_secrets(self) -> tuple[Secret, ...]:
        """Every secret that is accepted now: the current one, and each earlier one for its while."""
        return (self.webhook_secret, *(former.secret for former in self.previous if now() < former.until))

    def to_config(self) -> dict[str, Any]:
        config: dict[str, Any] = {"webhookSecret": self.webhook_secret.reveal(), "secretId": self.secret_id}
        if self.api_key:
            config["apiKey"] = self.api_key.reveal()
        if self.previous:
            config["previous"] = [former.to_config() for former in self.previous]
        return config

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        return cls(
            webhook_secret=Secret(_text(config, "webhookSecret")),
            secret_id=_text(config, "secretId"),
            previous=tuple(FormerSecret.from_config(former) for former in config.get("previous", ())),
            api_key=Secret(_text(config, "apiKey")) if config.get("apiKey") else None,
        )


@dataclass(frozen=True)
class TwilioCredentials:
    """A clinic's own Twilio account, and the number of it that patients know. Numbers are E.164."""

    provider: ClassVar[Provider] = Provider.TWILIO

    account_sid: str
    auth_token: Secret
    phone_number: str
    whatsapp_number: str = ""
    messaging_service_sid: str = ""

    def to_config(self) -> dict[str, Any]:
        return {
            "accountSid": self.account_sid,
            "authToken": self.auth_token.reveal(),
            "phoneNumber": self.phone_number,
            "whatsappNumber": self.whatsapp_number,
            "messagingServiceSid": self.messaging_service_sid,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        return cls(
            account_sid=_text(config, "accountSid"),
            auth_token=Secret(_text(config, "authToken")),
            phone_number=_text(config, "phoneNumber"),
            whatsapp_number=_text(config, "whatsappNumber"),
            messaging_service_sid=_text(config, "messagingServiceSid"),
        )


@dataclass(frozen=True)
class CalendarCredentials:
    """What a person granted us at a calendar's provider. Ask `credentials.calendar_tokens` for a usable token.

    Attributes:
        expiry: when the access token ends, aware UTC.
        calendar_id: the calendar that bookings are written to.
    """

    provider: ClassVar[Provider]

    access_token: Secret
    refresh_token: Secret
    expiry: datetime
    scopes: tuple[str, ...]
    connected_email: str
    calendar_id: str

    def to_config(self) -> dict[str, Any]:
        return {
            "accessToken": self.access_token.reveal(),
            "refreshToken": self.refresh_token.reveal(),
            "expiry": self.expiry.isoformat(),
            "scopes": list(self.scopes),
            "connectedEmail": self.connected_email,
            "calendarId": self.calendar_id,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        return cls(
            access_token=Secret(_text(config, "accessToken")),
            refresh_token=Secret(_text(config, "refreshToken")),
            expiry=datetime.fromisoformat(_text(config, "expiry")),
            scopes=tuple(str(scope) for scope in config["scopes"]),
            connected_email=_text(config, "connectedEmail"),
            calendar_id=_text(config, "calendarId"),
        )


@dataclass(frozen=True)
class GoogleCalendarCredentials(CalendarCredentials):
    provider: ClassVar[Provider] = Provider.GOOGLE_CALENDAR


@dataclass(frozen=True)
class OutlookCalendarCredentials(CalendarCredentials):
    provider: ClassVar[Provider] = Provider.OUTLOOK_CALENDAR


@dataclass(frozen=True)
class ResendCredentials:
    """A clinic's own account for sending mail, and the sender's address.

    Attributes:
        webhook_secret: with which Resend signs what it tells us of that account's emails; empty while it tells nothing.
    """

    provider: ClassVar[Provider] = Provider.RESEND

    api_key: Secret
    from_email: str
    webhook_secret: Secret = field(default_factory=lambda: Secret(""))

    def to_config(self) -> dict[str, Any]:
        config = {"apiKey": self.api_key.reveal(), "fromEmail": self.from_email}
        return config | ({"webhookSecret": self.webhook_secret.reveal()} if self.webhook_secret else {})

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        return cls(
            api_key=Secret(_text(config, "apiKey")),
            from_email=_text(config, "fromEmail"),
            webhook_secret=Secret(str(config.get("webhookSecret", ""))),
        )


@dataclass(frozen=True)
class ElevenLabsCredentials:
    """A clinic's own account for voices."""

    provider: ClassVar[Provider] = Provider.ELEVENLABS

    api_key: Secret

    def to_config(self) -> dict[str, Any]:
        return {"apiKey": self.api_key.reveal()}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        return cls(api_key=Secret(_text(config, "apiKey")))


# Which type a provider's stored values become.
CREDENTIAL_TYPES: dict[Provider, type[Credentials]] = {
    Provider.VAPI: VapiCredentials,
    Provider.TWILIO: TwilioCredentials,
    Provider.GOOGLE_CALENDAR: GoogleCalendarCredentials,
    Provider.OUTLOOK_CALENDAR: OutlookCalendarCredentials,
    Provider.RESEND: ResendCredentials,
    Provider.ELEVENLABS: ElevenLabsCredentials,
}


@dataclass(frozen=True)
class ProviderStatus:
    """What may be shown of one integration."""

    provider: Provider
    is_active: bool
    last_verified_at: datetime | None
    verification_error: str
    metadata: dict[str, Any]

    @property
    def is_working(self) -> bool:
        """Switched on, and good when it was last tried."""
        return self.is_active and not self.verification_error


@dataclass(frozen=True)
class Stored:
    """Credentials as one row holds them now: `version` changes with every write of the row's secret."""

    credentials: Credentials
    version: str
    verification_error: str = ""


def _text(config: dict[str, Any], name: str) -> str:
    value = config[name]
    if not isinstance(value, str):
        raise TypeError(f"{name} is not a text")
    return value
