"""Access tokens of calendars, refreshed by one worker at a time and without a transaction open.

The right to refresh is a lease in the credential's row: session locks do not survive a connection pooler, and a
transaction must not wait for a provider. A worker that dies leaves a lease that runs out; refreshing twice in a row is
harmless, refreshing at once may burn a refresh token.
"""

import time
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import structlog

from credentials import alerts
from credentials.calendars import calendar_provider
from credentials.errors import NeedsReconnect, ProviderUnreachable
from credentials.service import credential_service
from credentials.types import CalendarCredentials, Provider, Secret, Stored
from credentials.verification import refuse_open_transaction
from providers.oauth import OAuthGrant
from voxanne.clock import now
from voxanne.errors import Owner, ProviderError, Unauthorized

log = structlog.get_logger(__name__)

# A token that ends this soon is refreshed first, so that it outlives the work it is for.
MARGIN = timedelta(minutes=5)
LEASE_S = 30.0
WAIT_S = 20.0
POLL_S = 0.1


def get_access_token(org_id: UUID, provider: Provider) -> Secret:
    """A token that works for at least some minutes, refreshed when it has to be. No transaction may be open.

    Raises:
        NotConnected, CredentialDisabled, CredentialUnreadable: as the credential service.
        NeedsReconnect: the provider ended our access; its admins are told.
        ProviderUnreachable: it is down, and the token that we have is too old.
    """
    known = _calendar(credential_service.get(org_id, provider))
    if known.expiry - MARGIN > now():
        return known.access_token
    return _refresh(org_id, provider, version="").access_token


def refresh_now(org_id: UUID, provider: Provider) -> CalendarCredentials:
    """Prove that the refresh token works, by using it. Asked by two at once, one refreshes and both get the result.

    Raises:
        As `get_access_token`.
    """
    return _refresh(org_id, provider, version=credential_service.read_stored(org_id, provider).version)


def _refresh(org_id: UUID, provider: Provider, *, version: str) -> CalendarCredentials:
    """Refresh, unless somebody did so meanwhile: then the row no longer holds `version` ("": its token is not due)."""
    refuse_open_transaction()
    deadline = time.monotonic() + WAIT_S
    while (held := credential_service.claim_refresh(org_id, provider, lease_s=LEASE_S)) is None:
        if time.monotonic() > deadline:
            raise ProviderUnreachable(provider)
        time.sleep(POLL_S)
    claim, stored = held
    current = _calendar(stored.credentials)
    try:
        if _is_done(current, stored, version):
            _give_back(org_id, provider, claim)
            return current
        if stored.verification_error and not version:
            raise NeedsReconnect(provider)
        return _ask(org_id, provider, claim, stored)
    except BaseException:
        _give_back(org_id, provider, claim)
        raise


def _is_done(current: CalendarCredentials, stored: Stored, version: str) -> bool:
    return stored.version != version if version else current.expiry - MARGIN > now()


def _ask(org_id: UUID, provider: Provider, claim: UUID, stored: Stored) -> CalendarCredentials:
    current = _calendar(stored.credentials)
    try:
        grant = calendar_provider(provider).refresh(current.refresh_token.reveal())
    except Unauthorized as error:
        log.warning("credentials.refresh_refused", provider=provider.value, error=str(error))
        if error.owner is Owner.US:
            raise ProviderUnreachable(provider) from error
        refused = NeedsReconnect(provider)
        alerts.note_failure(org_id=org_id, provider=provider, version=stored.version, error=refused.message)
        raise refused from error
    except ProviderError as error:
        log.warning("credentials.refresh_failed", provider=provider.value, error=str(error))
        raise ProviderUnreachable(provider) from error
    fresh = _apply(current, grant)
    if not credential_service.finish_refresh(org_id=org_id, claim=claim, refreshed=fresh, provider=provider):
        return _calendar(credential_service.read_stored(org_id, provider).credentials)
    log.info("credentials.refreshed", org=str(org_id), provider=provider.value)
    return fresh


def _apply(current: CalendarCredentials, grant: OAuthGrant) -> CalendarCredentials:
    """A refresh may leave out what stays as it was."""
    return replace(
        current,
        access_token=Secret(grant.access_token),
        refresh_token=Secret(grant.refresh_token) if grant.refresh_token else current.refresh_token,
        expiry=grant.expires_at,
        scopes=grant.scopes or current.scopes,
    )


def _give_back(org_id: UUID, provider: Provider, claim: UUID) -> None:
    credential_service.finish_refresh(org_id=org_id, claim=claim, refreshed=None, provider=provider)


def _calendar(credentials: object) -> CalendarCredentials:
    if not isinstance(credentials, CalendarCredentials):
        raise TypeError(f"{type(credentials).__name__} has no access token to refresh")
    return credentials
