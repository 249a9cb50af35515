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


class NotConnected(CredentialError):
    """The organisation has not connected this provider."""

    code = "not_connected"

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        super().__init__(f"Please connect {provider.label} in Integrations.", provider=provider.value)


class CredentialDisabled(CredentialError):
    """It is stored, and switched off."""

    code = "credential_disabled"

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        super().__init__(f"{provider.label} is switched off in Integrations.", provider=provider.value)


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


class ProviderUnreachable(CredentialError):
    """The provider is down or slow, so nobody knows whether the credential is good."""

    code = "provider_unreachable"
    http_status = 502

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        super().__init__(
            f"{provider.label} could not be reached, nothing was changed. Try again in a minute.",
            provider=provider.value,
        )


class CheckImpossible(ProviderUnreachable):
    """The provider refuses us, not the clinic: our own registration or key is wrong."""

    code = "check_impossible"

    def __init__(self, provider: Provider) -> None:
        super().__init__(provider)
        self.message = f"We could not ask {provider.label}: the fault is ours and has been logged. Nothing was changed."


class NeedsReconnect(CredentialError):
    """The provider ended our access; only the clinic can give it again."""

    code = "needs_reconnect"

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        super().__init__(
            f"{provider.label} ended our access. Reconnect it in Integrations to keep bookings safe.",
            provider=provider.value,
        )


class ConnectInBrowser(CredentialError):
    """Access to a calendar is given by a person, on the provider's own page."""

    code = "connect_in_browser"
    http_status = 400

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        super().__init__(
            f"{provider.label} is connected on its own sign-in page: open Integrations in your browser.",
            provider=provider.value,
        )


class WrongEncryptionKey(RuntimeError):
    """The configured master key is not the one that this database's secrets were sealed with. Stops the start."""
