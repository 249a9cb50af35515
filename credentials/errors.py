"""What can be wrong with a stored credential."""

from enum import StrEnum

from credentials.types import Provider
from voxanne.errors import DomainError


class Damage(StrEnum):
    """Why stored ciphertext cannot be read."""

    EMPTY = "empty"
    TRUNCATED = "truncated"
    WRONG_KEY = "wrong_key"
    TAMPERED = "tampered"
    CORRUPT = "corrupt"


class SealBroken(Exception):
    """Ciphertext that does not open. Inside this room only; the service turns it into `CredentialUnreadable`."""

    def __init__(self, damage: Damage) -> None:
        self.damage = damage
        super().__init__(damage.value)


class CredentialError(DomainError):
    """A credential cannot be used; the message says what a person can do."""

    http_status = 409


class _OfProvider(CredentialError):
    """About one provider, which the message names."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        super().__init__(self.message.format(provider=provider.label), provider=provider.value)


class NotConnected(_OfProvider):
    """The organisation has not connected this provider."""

    code = "not_connected"
    message = "Please connect {provider} in Integrations."


class CredentialDisabled(_OfProvider):
    """It is stored, and switched off."""

    code = "credential_disabled"
    message = "{provider} is switched off in Integrations."


class CredentialUnreadable(CredentialError):
    """It is stored and does not decrypt: wrong key, cut short, changed, or empty."""

    code = "credential_unreadable"

    def __init__(self, provider: Provider, damage: Damage) -> None:
        self.provider = provider
        self.damage = damage
        super().__init__(
            f"Please reconnect {provider.label} in Integrations: its stored key can no longer be read.",
            provider=provider.value,
            damage=damage.value,
        )


class TooManySecrets(CredentialError):
    """Each webhook secret is accepted for a day after it was replaced, and their number is bounded."""

    code = "too_many_secrets"
    http_status = 429
    message = "The webhook secret was renewed too often today. Try again tomorrow; the one in use works."


class SealedTextUnreadable(CredentialError):
    """Text that was sealed with the organisation's key and does not open any more."""

    code = "sealed_text_unreadable"
    message = "This can no longer be read: its key is gone or it was changed."

    def __init__(self, damage: Damage) -> None:
        self.damage = damage
        super().__init__(damage=damage.value)


class CredentialRefused(CredentialError):
    """The provider does not accept what was entered. What was stored before is untouched."""

    code = "provider_refused"
    http_status = 400

    def __init__(self, provider: Provider, message: str, *, fields: dict[str, list[str]] | None = None) -> None:
        self.provider = provider
        super().__init__(message, fields=fields, provider=provider.value)


class ProviderUnreachable(_OfProvider):
    """The provider is down or slow, so nobody knows whether the credential is good."""

    code = "provider_unreachable"
    http_status = 502
    message = "{provider} could not be reached, nothing was changed. Try again in a minute."


class CheckImpossible(ProviderUnreachable):
    """The provider refuses us, not the clinic: our own registration or key is wrong."""

    code = "check_impossible"
    message = "We could not ask {provider}: the fault is ours and has been logged. Nothing was changed."


class NeedsReconnect(_OfProvider):
    """The provider ended our access; only the clinic can give it again."""

    code = "needs_reconnect"
    message = "{provider} ended our access. Reconnect it in Integrations to keep bookings safe."


class ConnectInBrowser(_OfProvider):
    """Access to a calendar is given by a person, on the provider's own page."""

    code = "connect_in_browser"
    http_status = 400
    message = "{provider} is connected on its own sign-in page: open Integrations in your browser."


class WrongEncryptionKey(RuntimeError):
    """The configured master key is not the one that this database's secrets were sealed with. Stops the start."""
