"""Connecting, trying, replacing and ending a clinic's integrations. The provider decides before anything is stored."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings

from credentials import alerts, calendar_tokens, verification
from credentials.calendars import CALENDARS, calendar_provider
from credentials.errors import (
    ConnectInBrowser,
    CredentialError,
    CredentialRefused,
    CredentialUnreadable,
    NeedsReconnect,
    NotConnected,
)
from credentials.fields import FIELDS, build, read_values
from credentials.service import credential_service, new_webhook_secret
from credentials.types import (
    CalendarCredentials,
    Credentials,
    Provider,
    ProviderStatus,
    Secret,
    Stored,
    VapiCredentials,
)
from orgs.actors import Actor
from orgs.models import Organization
from voxanne.clock import now
from voxanne.errors import BadInput, ProviderError

log = structlog.get_logger(__name__)

# After a new webhook secret Vapi may send the old one this long: calls that go on, retries, an agent not yet in step.
OLD_SECRET_LASTS = timedelta(hours=24)


@dataclass(frozen=True)
class Verdict:
    """What a provider said about stored credentials."""

    is_valid: bool
    last_verified_at: datetime | None
    error: str


def connect(*, org: Organization, provider: Provider, given: Any, actor: Actor, keep_stored: bool = False) -> None:
    """Check the shape, ask the provider, store: all or nothing. `keep_stored` lets empty fields mean "as before".

    Raises:
        BadInput: `fields` names what is missing or malformed.
        ConnectInBrowser: the provider is a calendar, connected by its own sign-in page.
        CredentialRefused, ProviderUnreachable: the provider's answer; what was stored before still works.
    """
    if provider in CALENDARS:
        raise ConnectInBrowser(provider)
    if provider is Provider.VAPI:
        connect_vapi(org=org, given=given, actor=actor)
        return
    kept = _stored_values(org, provider) if keep_stored else {}
    credentials = build(provider, read_values(provider, given, kept=kept))
    store_checked(org=org, credentials=credentials, shown=verification.check(credentials), actor=actor)


def store_checked(*, org: Organization, credentials: Credentials, shown: dict[str, Any], actor: Actor) -> None:
    """Store credentials that the provider has just accepted; `shown` is what pages may say of them."""
    credential_service.save(org_id=org.pk, credentials=credentials, actor=actor, metadata=shown, verified_at=now())


def connect_vapi(*, org: Organization, given: Any, actor: Actor) -> None:
    """Make a new webhook secret; the one before is accepted for 24 hours more. A key of the clinic's own is stored too.

    Raises:
        BadInput: a key was given and is malformed, or this installation keeps all assistants in its own account.
        CredentialRefused, ProviderUnreachable: Vapi's answer to the key.
    """
    key = read_values(Provider.VAPI, given or {})["apiKey"]
    if key and not settings.ALLOW_ORG_VAPI_KEYS:
        raise BadInput(fields={"apiKey": ["This installation uses its own Vapi account. Leave the key out."]})
    fresh = replace(new_webhook_secret(), **_continuing(org))
    if key:
        fresh = replace(fresh, api_key=Secret(key))
    shown = verification.check(fresh)
    store_checked(org=org, credentials=fresh, shown=shown, actor=actor)


def verify(*, org: Organization, provider: Provider) -> Verdict:
    """Ask the provider about what is stored, and keep the answer. A new failure is told to the admins.

    Raises:
        NotConnected, CredentialDisabled: there is nothing to ask about.
        ProviderUnreachable: nobody knows; what was known before stays.
    """
    try:
        stored = credential_service.read_stored(org.pk, provider)
        if isinstance(stored.credentials, CalendarCredentials):
            calendar_tokens.refresh_now(org.pk, provider)
            stored = credential_service.read_stored(org.pk, provider)
        shown = _ask(org, stored)
    except CredentialUnreadable as unreadable:
        alerts.note_failure(org_id=org.pk, provider=provider, error=unreadable.message)
        return _verdict(org, provider, error=unreadable.message)
    except (CredentialRefused, NeedsReconnect) as refused:
        return _verdict(org, provider, error=refused.message)
    credential_service.mark_verified(org_id=org.pk, provider=provider, version=stored.version, metadata=shown)
    return _verdict(org, provider)


def disconnect(*, org: Organization, provider: Provider, actor: Actor) -> bool:
    """Delete the ciphertext, and take our access back at the provider where it allows that.

    Returns:
        Whether nothing is left at the provider's side for the clinic to remove: False when it could not be told.
    """
    token = _refresh_token(org, provider)
    deleted = credential_service.delete(org_id=org.pk, provider=provider, actor=actor)
    if not deleted or provider not in CALENDARS:
        return True
    if token is None:
        return False
    try:
        return calendar_provider(provider).revoke(token.reveal())
    except ProviderError as error:
        log.warning("credentials.revoke_failed", provider=provider.value, error=str(error))
        return False


def get_status(org: Organization, provider: Provider) -> ProviderStatus:
    """What may be shown of one integration.

    Raises:
        NotConnected: there is none.
    """
    status = credential_service.find_status(org.pk, provider)
    if status is None:
        raise NotConnected(provider)
    return status


def _ask(org: Organization, stored: Stored) -> dict[str, Any]:
    try:
        return verification.check(stored.credentials)
    except CredentialRefused as refused:
        provider = stored.credentials.provider
        alerts.note_failure(org_id=org.pk, provider=provider, version=stored.version, error=refused.message)
        raise


def _verdict(org: Organization, provider: Provider, *, error: str = "") -> Verdict:
    status = get_status(org, provider)
    return Verdict(is_valid=not error, last_verified_at=status.last_verified_at, error=error)


def _continuing(org: Organization) -> dict[str, Any]:
    """What a new webhook secret takes over from the one before."""
    try:
        before = credential_service.read_stored(org.pk, Provider.VAPI).credentials
    except CredentialError:
        return {}
    if not isinstance(before, VapiCredentials):
        return {}
    return {
        "previous_secret": before.webhook_secret,
        "previous_until": now() + OLD_SECRET_LASTS,
        "api_key": before.api_key,
    }


def _stored_values(org: Organization, provider: Provider) -> Mapping[str, str]:
    try:
        config = credential_service.read_stored(org.pk, provider).credentials.to_config()
    except CredentialError:
        return {}
    return {field.name: str(config.get(field.name, "")) for field in FIELDS[provider]}


def _refresh_token(org: Organization, provider: Provider) -> Secret | None:
    if provider not in CALENDARS:
        return None
    try:
        credentials = credential_service.read_stored(org.pk, provider).credentials
    except CredentialError:
        return None
    return credentials.refresh_token if isinstance(credentials, CalendarCredentials) else None
