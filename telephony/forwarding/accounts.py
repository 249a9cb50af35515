"""Which Twilio account verifies a line: the organisation's own, else the platform's."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from django.conf import settings

from credentials.errors import CredentialDisabled, CredentialError, NotConnected
from credentials.service import credential_service
from credentials.types import Provider
from orgs.models import Organization
from providers.twilio.client import TwilioClient
from telephony.messaging.accounts import list_tokens
from voxanne.errors import Owner

_TAG = "Voxanne line "


@dataclass(frozen=True)
class LineAccount:
    """One account; several organisations verify through the platform's."""

    sid: str
    token: str = field(repr=False)
    is_platforms: bool

    def client(self) -> TwilioClient:
        return TwilioClient(self.sid, self.token, owner=Owner.US if self.is_platforms else Owner.CLINIC)


def platforms_tag(verification_id: UUID) -> str:
    """What an entry of the platform's account is called at Twilio: it names the row whose call proved the number."""
    return f"{_TAG}{verification_id}"


def read_platforms_tag(friendly_name: str) -> UUID | None:
    """The row that an entry is named for; None for entries that are not ours to judge."""
    try:
        return UUID(friendly_name.removeprefix(_TAG)) if friendly_name.startswith(_TAG) else None
    except ValueError:
        return None


def line_account(org: Organization) -> LineAccount:
    """The account that a new verification goes through.

    Raises:
        NotConnected: the organisation has none, and neither has the platform.
        CredentialUnreadable: it has one that cannot be decrypted; no other stands in.
    """
    try:
        own = credential_service.get(org.pk, Provider.TWILIO)
    except (NotConnected, CredentialDisabled):
        platforms = find_platforms_account()
        if platforms is None:
            raise
        return platforms
    return LineAccount(own.account_sid, own.auth_token.reveal(), is_platforms=False)


def find_line_account(org: Organization, account_sid: str) -> LineAccount | None:
    """The account that an earlier verification went through, None when we cannot speak for it any more."""
    platforms = find_platforms_account()
    if platforms is not None and platforms.sid == account_sid:
        return platforms
    try:
        own = credential_service.get(org.pk, Provider.TWILIO)
    except CredentialError:
        return None
    if own.account_sid != account_sid:
        return None
    return LineAccount(own.account_sid, own.auth_token.reveal(), is_platforms=False)


def list_line_tokens(org: Organization, account_sid: str) -> Iterator[str]:
    """The tokens that may have signed news of a verification call: the platform's, or the organisation's."""
    platforms = find_platforms_account()
    if platforms is not None and platforms.sid == account_sid:
        yield platforms.token
    yield from list_tokens(org, account_sid)


def list_platform_tokens(org: Organization, account_sid: str) -> Iterator[str]:
    """The platform's token, where its account is named: for news of calls that the platform places itself."""
    platforms = find_platforms_account()
    if platforms is not None and platforms.sid == account_sid:
        yield platforms.token


def find_platforms_account() -> LineAccount | None:
    """The platform's own account, None for an installation without one."""
    sid, token = settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN
    return LineAccount(sid, token, is_platforms=True) if sid and token else None
