"""The credential service: the only door to organisations' stored secrets."""

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Literal, overload
from uuid import UUID, uuid4

import structlog
from django.db import connection
from django.db.models import Q

from credentials import events
from credentials.envelopes import open_credentials, seal_credentials
from credentials.errors import CredentialError, CredentialUnreadable, NotConnected
from credentials.invalidation import forget_on_commit, is_changing, listener
from credentials.models import OrgCredential
from credentials.org_keys import delete_data_key
from credentials.reading import read_credentials
from credentials.sealing import key_cache_key
from credentials.types import (
    Credentials,
    ElevenLabsCredentials,
    GoogleCalendarCredentials,
    OutlookCalendarCredentials,
    Provider,
    ProviderStatus,
    ResendCredentials,
    Secret,
    Stored,
    TwilioCredentials,
    VapiCredentials,
)
from orgs import audit
from orgs.actors import Actor
from orgs.errors import NestedScope
from orgs.models import Organization
from orgs.scope import find_current_org_id, org_scope, org_tx, service_tx
from voxanne.clock import now
from voxanne.expiring_cache import ExpiringCache
from voxanne.metrics import SECONDS, histogram
from voxanne.rereading import reread_later

log = structlog.get_logger(__name__)

CACHE_TTL_S = 30.0
CACHE_ENTRIES = 1000
WEBHOOK_SECRET_BYTES = 36

READS = histogram(
    "credential_read_seconds",
    "Reading an organisation's credentials, from memory or from the database.",
    labels=("result",),
    buckets=(0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, *SECONDS),
)
HITS, LOADS = READS.labels("hit"), READS.labels("miss")

_WORKING: dict[str, Any] = {
    "verification_error": "",
    "failed_at": None,
    "alerted_at": None,
    "alert_claim": None,
    "alert_claimed_until": None,
}


class CredentialService:
    """Reads and writes organisations' credentials. Reads are cached per process for at most 30 seconds.

    Every method works inside an open `org_tx` of the same organisation and opens its own otherwise; work for another
    organisation raises `NestedScope`. No log line and no audit entry ever holds a value.
    """

    def __init__(self, cache: "ExpiringCache[Credentials] | None" = None) -> None:
        self._cache: ExpiringCache[Credentials] = cache or ExpiringCache(
            name="credentials",
            ttl_s=CACHE_TTL_S,
            max_entries=CACHE_ENTRIES,
            reread=lambda key: reread_later(self._reread, key),
        )
        listener.add(self._cache)

    @overload
    def get(self, org_id: UUID, provider: Literal[Provider.VAPI]) -> VapiCredentials: ...
    @overload
    def get(self, org_id: UUID, provider: Literal[Provider.TWILIO]) -> TwilioCredentials: ...
    @overload
    def get(self, org_id: UUID, provider: Literal[Provider.GOOGLE_CALENDAR]) -> GoogleCalendarCredentials: ...
    @overload
    def get(self, org_id: UUID, provider: Literal[Provider.OUTLOOK_CALENDAR]) -> OutlookCalendarCredentials: ...
    @overload
    def get(self, org_id: UUID, provider: Literal[Provider.RESEND]) -> ResendCredentials: ...
    @overload
    def get(self, org_id: UUID, provider: Literal[Provider.ELEVENLABS]) -> ElevenLabsCredentials: ...
    @overload
    def get(self, org_id: UUID, provider: Provider) -> Credentials: ...
    def get(self, org_id: UUID, provider: Provider) -> Credentials:
        """The organisation's credentials for a provider.

        Raises:
            NotConnected, CredentialDisabled: there are none, or they are switched off.
            CredentialUnreadable: they are stored and cannot be decrypted; the message asks to reconnect.
            NestedScope: the surrounding work is another organisation's.
        """
        key = _cache_key(org_id, provider)
        if find_current_org_id() not in {None, org_id}:
            raise NestedScope("credentials of one organisation were asked for inside work for another")
        started = time.perf_counter()
        found = self._cache.find(key)
        if found is not None:
            log.debug("credentials.read", org=str(org_id), provider=provider.value, cached=True)
            HITS.observe(time.perf_counter() - started)
            return found
        credentials = self._load(org_id, provider)
        LOADS.observe(time.perf_counter() - started)
        return credentials

    def _load(self, org_id: UUID, provider: Provider) -> Credentials:
        key, epoch = _cache_key(org_id, provider), self._cache.epoch()
        try:
            credentials = read_credentials(org_id, provider)
        except CredentialUnreadable as unreadable:
            self.mark_failed(org_id=org_id, provider=provider, error=unreadable.message)
            raise
        log.info("credentials.read", org=str(org_id), provider=provider.value, cached=False)
        if not is_changing(key):
            self._cache.put(key, credentials, epoch=epoch)
            listener.ensure_running()
        return credentials

    def _reread(self, key: str) -> None:
        """Read again what is kept under a key. What is no longer there, or no longer readable, is kept no longer."""
        provider, org_id = key.split(":")
        try:
            with org_scope(UUID(org_id)):
                self._load(UUID(org_id), Provider(provider))
        except CredentialError:
            self._cache.drop(key)

    def exists(self, org_id: UUID, provider: Provider) -> bool:
        """Whether credentials are stored and switched on; says nothing about whether they work."""
        with org_scope(org_id), org_tx():
            found: bool = OrgCredential.objects.filter(provider=provider, is_active=True).exists()
        return found

    def last_error(self, org_id: UUID, provider: Provider) -> str:
        """Why the provider refused them when they were last tried; "" when it did not, or there are none."""
        with org_scope(org_id), org_tx():
            row = OrgCredential.objects.filter(provider=provider).values_list("verification_error", flat=True).first()
        return row or ""

    def list_providers(self, org_id: UUID) -> list[ProviderStatus]:
        """What may be shown of each stored integration, by provider. One query; nothing is decrypted."""
        with _reading(org_id):
            rows = list(OrgCredential.objects.order_by("provider").defer("encrypted_config"))
        return [_status(row) for row in rows]

    def find_status(self, org_id: UUID, provider: Provider) -> ProviderStatus | None:
        """What may be shown of one integration, None when it is not connected."""
        with org_scope(org_id), org_tx():
            row = OrgCredential.objects.filter(provider=provider).defer("encrypted_config").first()
        return _status(row) if row else None

    def read_stored(self, org_id: UUID, provider: Provider) -> Stored:
        """The credentials as the row holds them now; this process's cache forgets what it kept.

        Raises:
            NotConnected, CredentialDisabled, CredentialUnreadable: as `get`.
        """
        self._cache.drop(_cache_key(org_id, provider))
        with org_scope(org_id), org_tx():
            return _stored(org_id, provider, _find(provider))

    def find_locked(self, org_id: UUID, provider: Provider) -> Credentials | None:
        """The stored credentials, which nobody else changes until the open transaction ends.

        None when there are none that could be used.
        """
        with org_scope(org_id), org_tx():
            row = OrgCredential.objects.select_for_update().filter(provider=provider).first()
            try:
                return open_credentials(org_id, provider, row)
            except CredentialError:
                return None

    def save(
        self,
        *,
        org_id: UUID,
        credentials: Credentials,
        actor: Actor,
        metadata: dict[str, Any] | None = None,
        verified_at: datetime | None = None,
    ) -> None:
        """Store credentials in place of earlier ones, all or nothing; `metadata` is what may be shown of them.

        Who listens for it (`credentials.events`) runs in the same transaction: one that raises undoes the save.

        Raises:
            CredentialUnreadable: the organisation's data key cannot be opened, so nothing was changed.
        """
        provider = credentials.provider
        with org_scope(org_id), org_tx():
            values = {
                **seal_credentials(org_id, credentials),
                **_WORKING,
                "is_active": True,
                "refresh_claim": None,
                "refresh_claimed_until": None,
            }
            if metadata is not None:
                values["metadata"] = metadata
            if verified_at is not None:
                values["last_verified_at"] = verified_at
            row, made = OrgCredential.objects.update_or_create(provider=provider, defaults=values)
            audit.record(actor, "credential.created" if made else "credential.replaced", row, provider=provider.value)
            self._forget_on_commit(org_id, provider)
            events.announce_saved(org_id, provider)
        log.info("credentials.saved", org=str(org_id), provider=provider.value)

    def mark_verified(
        self, *, org_id: UUID, provider: Provider, version: str, metadata: dict[str, Any] | None = None
    ) -> None:
        """Note that the provider accepts these very credentials; nothing when they were replaced meanwhile."""
        values: dict[str, Any] = {**_WORKING, "last_verified_at": now()}
        if metadata is not None:
            values["metadata"] = metadata
        with org_scope(org_id), org_tx():
            OrgCredential.objects.filter(provider=provider, key_commitment=version).update(**values)

    def mark_failed(self, *, org_id: UUID, provider: Provider, error: str, version: str = "") -> bool:
        """Note that credentials do not work: those of `version`, or whichever are there. True when they did before."""
        with org_scope(org_id), org_tx():
            rows = OrgCredential.objects.filter(provider=provider, **({"key_commitment": version} if version else {}))
            row = rows.select_for_update().first()
            if row is None or row.verification_error == error:
                return False
            is_new = row.failed_at is None
            rows.update(verification_error=error, failed_at=row.failed_at or now())
            if is_new:
                audit.record(Actor.system(org_id), "credential.failed", row, provider=provider.value)
        log.warning("credentials.failed", org=str(org_id), provider=provider.value, new=is_new)
        return is_new

    def claim_refresh(self, org_id: UUID, provider: Provider, *, lease_s: float) -> tuple[UUID, Stored] | None:
        """The stored credentials and the sole right to refresh their token for a while; None while another has it.

        Raises:
            NotConnected, CredentialDisabled, CredentialUnreadable: as `get`.
        """
        moment, claim = now(), uuid4()
        free = Q(refresh_claimed_until=None) | Q(refresh_claimed_until__lte=moment)
        with org_scope(org_id), org_tx():
            claimed = OrgCredential.objects.filter(free, provider=provider).update(
                refresh_claim=claim, refresh_claimed_until=moment + timedelta(seconds=lease_s)
            )
            row = _find(provider)
            if row is not None and not claimed:
                return None
            return claim, _stored(org_id, provider, row)

    def finish_refresh(self, *, org_id: UUID, claim: UUID, refreshed: Credentials | None, provider: Provider) -> bool:
        """Store what the provider gave (None: nothing) and give the claim back.

        False when a person reconnected, or the claim ran out: then theirs counts, and this is dropped.
        """
        with org_scope(org_id), org_tx():
            values: dict[str, Any] = {"refresh_claim": None, "refresh_claimed_until": None}
            if refreshed is not None:
                values |= {**seal_credentials(org_id, refreshed), **_WORKING, "last_verified_at": now()}
            kept = OrgCredential.objects.filter(provider=provider, refresh_claim=claim).update(**values)
            if refreshed is not None:
                self._forget_on_commit(org_id, provider)
        return bool(kept)

    def disable(self, *, org_id: UUID, provider: Provider, actor: Actor) -> bool:
        """Switch credentials off without forgetting them; saving new ones switches on. False when there are none.

        Who listens for it runs in the same transaction, as for `save`.
        """
        with org_scope(org_id), org_tx():
            row = OrgCredential.objects.select_for_update().filter(provider=provider, is_active=True).first()
            if row is None:
                return False
            OrgCredential.objects.filter(pk=row.pk).update(is_active=False)
            audit.record(actor, "credential.disabled", row, provider=provider.value)
            self._forget_on_commit(org_id, provider)
            events.announce_disabled(org_id, provider)
        return True

    def list_active(self) -> list[tuple[UUID, Provider]]:
        """Every organisation's credentials that are switched on, by organisation. For the platform's own jobs."""
        with service_tx("list credentials to verify"):
            rows = OrgCredential.across_orgs.filter(is_active=True).order_by("org_id").values_list("org_id", "provider")
            return [(org_id, Provider(provider)) for org_id, provider in rows]

    def delete(self, *, org_id: UUID, provider: Provider, actor: Actor) -> bool:
        """Remove the ciphertext. False when there was none."""
        with org_scope(org_id), org_tx():
            row = OrgCredential.objects.select_for_update().filter(provider=provider).first()
            if row is None:
                return False
            audit.record(actor, "credential.deleted", row, provider=provider.value)
            row.delete()
            self._forget_on_commit(org_id, provider)
            events.announce_deleted(org_id, provider)
        log.info("credentials.deleted", org=str(org_id), provider=provider.value)
        return True

    def ensure_vapi_webhook_secret(self, org: Organization) -> VapiCredentials:
        """The organisation's webhook secret, generated now when there is none. Two at once end with one secret.

        Raises:
            CredentialUnreadable: there is one and it cannot be decrypted; it is not replaced silently.
        """
        try:
            return self.get(org.pk, Provider.VAPI)
        except NotConnected:
            pass
        fresh = new_webhook_secret()
        with org_scope(org.pk), org_tx():
            row, made = OrgCredential.objects.get_or_create(
                provider=Provider.VAPI, defaults=seal_credentials(org.pk, fresh)
            )
            if made:
                audit.record(Actor.system(org.pk), "credential.created", row, provider=Provider.VAPI.value)
                self._forget_on_commit(org.pk, Provider.VAPI)
        return self.get(org.pk, Provider.VAPI)

    def shred(self, *, org_id: UUID, actor: Actor) -> bool:
        """Destroy the organisation's data key: every secret of it is unreadable for ever, also in its rows' copies.

        False when there was no key.
        """
        with org_scope(org_id), org_tx():
            shredded = delete_data_key()
            if shredded:
                audit.record(actor, "credential.key_shredded")
                for key in (key_cache_key(org_id), *(_cache_key(org_id, provider) for provider in Provider)):
                    forget_on_commit(key)
        log.warning("credentials.shredded", org=str(org_id), found=shredded)
        return shredded

    def _forget_on_commit(self, org_id: UUID, provider: Provider) -> None:
        key = _cache_key(org_id, provider)
        self._cache.drop(key)
        forget_on_commit(key)


def _cache_key(org_id: UUID, provider: Provider) -> str:
    return f"{provider.value}:{org_id}"


@contextmanager
def _reading(org_id: UUID) -> Iterator[None]:
    """The organisation's transaction: the one that is open, when there is one. Reading needs no savepoint in it."""
    context = getattr(connection, "voxanne_context", None)
    if context is not None and context.org_id == org_id and find_current_org_id() == org_id:
        yield
        return
    with org_scope(org_id), org_tx():
        yield


def _find(provider: Provider) -> OrgCredential | None:
    row: OrgCredential | None = OrgCredential.objects.filter(provider=provider).first()
    return row


def _stored(org_id: UUID, provider: Provider, row: OrgCredential | None) -> Stored:
    credentials = open_credentials(org_id, provider, row)
    return Stored(credentials, row.key_commitment if row else "", row.verification_error if row else "")


def _status(row: OrgCredential) -> ProviderStatus:
    return ProviderStatus(
        provider=Provider(row.provider),
        is_active=row.is_active,
        last_verified_at=row.last_verified_at,
        verification_error=row.verification_error,
        metadata=row.metadata,
    )


def new_webhook_secret() -> VapiCredentials:
    """A fresh secret for Vapi's webhooks, stored nowhere yet."""
    return VapiCredentials(
        webhook_secret=Secret(secrets.token_urlsafe(WEBHOOK_SECRET_BYTES)), secret_id=secrets.token_hex(8)
    )


credential_service = CredentialService()


def seed_webhook_secret(org: Organization) -> None:
    """A new clinic starts with a secret, so that its first assistant can be trusted."""
    credential_service.ensure_vapi_webhook_secret(org)
