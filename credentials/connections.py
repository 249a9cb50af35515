"""Connecting, trying, replacing and ending a clinic's integrations. The provider decides before anything is stored."""

from collections.abc import Callable, Mapping
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
    TooManySecrets,
)
from credentials.fields import FIELDS, build, read_values
from credentials.service import credential_service, new_webhook_secret
from credentials.types import (
    CalendarCredentials,
    Credentials,
    FormerSecret,
    Provider,
    ProviderStatus,
    Secret,
    Stored,
    VapiCredentials,
)
from orgs.actors import Actor
from orgs.models import Organization
from orgs.scope import org_scope, org_tx
from voxanne.clock import now
from voxanne.errors import BadInput, ProviderError

log = structlog.get_logger(__name__)
Check = Callable[[Credentials], dict[str, Any]]

# After a new webhook secret Vapi may send the old one this long: calls that go on, retries, an agent not yet in step.
OLD_SECRET_LASTS = timedelta(hours=24)
# Each of them is tried with every message that does not show the newest.
MAX_OLD_SECRETS = 20


@dataclass(frozen=True)
class Verdict:
    """What a provider said about stored credentials."""

    is_valid: bool
    last_verified_at: datetime | None
    error: str


def connect(*, org: Organization, provider: Provider, given: Any, actor: Actor, keep_stored: bool = False) -> None:
    """Check the shape, ask the provider, store: all or nothing.

    An optional value that is left out stays as it is, and one that is given empty is cleared. `keep_stored` lets the
    others be left out too.

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
    stored = _stored_values(org, provider)
    values = read_values(provider, given, stored=stored, kept=stored if keep_stored else {})
    credentials = build(provider, values)
    store_checked(org=org, credentials=credentials, shown=verification.check(credentials), actor=actor)


def store_checked(*, org: Organization, credentials: Credentials, shown: dict[str, Any], actor: Actor) -> None:
    """Store credentials that the provider has just accepted; `shown` is what pages may say of them."""
    credential_service.save(org_id=org.pk, credentials=credentials, actor=actor, metadata=shown, verified_at=now())


def connect_vapi(*, org: Organization, given: Any, actor: Actor) -> None:
    """Make a new webhook secret; those before it are each accepted until 24 hours after they were replaced.

    A key of the clinic's own is stored too. Left out it stays; given empty, the clinic goes back to our account.

    Raises:
        BadInput: a key was given and is malformed, or this installation keeps all assistants in its own account.
        TooManySecrets: so many were made within a day that another would end one before its time.
        CredentialRefused, ProviderUnreachable: Vapi's answer to the key.
    """
    before = _find_vapi(org)
    stored = {"apiKey": before.api_key.reveal()} if before and before.api_key else {}
    key = read_values(Provider.VAPI, given or {}, stored=stored)["apiKey"]
    if key and key != stored.get("apiKey") and not settings.ALLOW_ORG_VAPI_KEYS:
        raise BadInput(fields={"apiKey": ["This installation uses its own Vapi account. Leave the key out."]})
    fresh = replace(new_webhook_secret(), api_key=Secret(key) if key else None)
    shown = verification.check(fresh)
    with org_scope(org), org_tx():
        # Read again under a lock: who renews at the same moment must not lose the other's secret.
        renewed = replace(fresh, previous=_former_secrets(credential_service.find_locked(org.pk, Provider.VAPI)))
        store_checked(org=org, credentials=renewed, shown=shown, actor=actor)


def verify(*, org: Organization, provider: Provider, check: Check = verification.check) -> Verdict:
    """Ask the provider about what is stored, and keep the answer. A new failure is told to the admins.

    Args:
        check: how to ask; raises what `verification.check` does.

    Raises:
        NotConnected, CredentialDisabled: there is nothing to ask about.
        ProviderUnreachable: nobody knows; what was known before stays.
    """
    try:
        stored = credential_service.read_stored(org.pk, provider)
        if isinstance(stored.credentials, CalendarCredentials):
            calendar_tokens.refresh_now(org.pk, provider)
            stored = credential_service.read_stored(org.pk, provider)
        shown = _ask(org, stored, check)
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


def _ask(org: Organization, stored: Stored, check: Check) -> dict[str, Any]:
    try:
        return check(stored.credentials)
    except CredentialRefused as refused:
        provider = stored.credentials.provider
        alerts.note_failure(org_id=org.pk, provider=provider, version=stored.version, error=refused.message)
        raise


def _verdict(org: Organization, provider: Provider, *, error: str = "") -> Verdict:
    status = get_status(org, provider)
    return Verdict(is_valid=not error, last_verified_at=status.last_verified_at, error=error)


def _find_vapi(org: Organization) -> VapiCredentials | None:
    try:
        before = credential_service.read_stored(org.pk, Provider.VAPI).credentials
    except CredentialError:
        return None
    return before if isinstance(before, VapiCredentials) else None


def _former_secrets(before: Credentials | None) -> tuple[FormerSecret, ...]:
    """The secrets that stay valid beside a new one."""
    if not isinstance(before, VapiCredentials):
        return ()
    moment = now()
    lasting = [former for former in before.previous if moment < former.until]
    if len(lasting) >= MAX_OLD_SECRETS:
        raise TooManySecrets
    return (FormerSecret(before.webhook_secret, moment + OLD_SECRET_LASTS), *lasting)


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
