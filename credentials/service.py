"""The credential service: the only door to organisations' stored secrets."""

import json
import secrets
from dataclasses import dataclass
from typing import Any, Literal, overload
from uuid import UUID

import structlog
from django.db import connection, transaction

from credentials.encryption import Place, Sealed
from credentials.errors import CredentialDisabled, CredentialUnreadable, Damage, NotConnected, SealBroken
from credentials.invalidation import announce_change, listener
from credentials.models import OrgCredential
from credentials.org_keys import delete_data_key, get_data_key, get_or_make_data_key
from credentials.sealing import key_cache_key
from credentials.types import CREDENTIAL_TYPES, Credentials, Provider, ProviderStatus, Secret, VapiCredentials
from orgs import audit
from orgs.actors import Actor
from orgs.errors import NestedScope
from orgs.models import Organization
from orgs.scope import find_current_org_id, org_scope, org_tx
from voxanne.expiring_cache import CacheStatistics, ExpiringCache

log = structlog.get_logger(__name__)

CACHE_TTL_S = 30.0
CACHE_ENTRIES = 1000
WEBHOOK_SECRET_BYTES = 36


@dataclass(frozen=True)
class _Forget:
    """What a committed change does. While it waits for the commit it also marks the key as not to be cached."""

    key: str

    def __call__(self) -> None:
        listener.drop(self.key)
        announce_change(self.key)


class CredentialService:
    """Reads and writes organisations' credentials. Reads are cached per process for at most 30 seconds.

    Every method works inside an open `org_tx` of the same organisation and opens its own otherwise; work for another
    organisation raises `NestedScope`. No log line and no audit entry ever holds a value.
    """

    def __init__(self, cache: "ExpiringCache[Credentials] | None" = None) -> None:
        self._cache: ExpiringCache[Credentials] = cache or ExpiringCache(ttl_s=CACHE_TTL_S, max_entries=CACHE_ENTRIES)
        listener.add(self._cache)

    @overload
    def get(self, org_id: UUID, provider: Literal[Provider.VAPI]) -> VapiCredentials: ...
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
        found = self._cache.find(key)
        if found is not None:
            log.debug("credentials.read", org=str(org_id), provider=provider.value, cached=True)
            return found
        epoch = self._cache.epoch()
        with org_scope(org_id), org_tx():
            credentials = _load(org_id, provider)
        log.info("credentials.read", org=str(org_id), provider=provider.value, cached=False)
        if not _is_changing(key):
            self._cache.put(key, credentials, epoch=epoch)
            listener.ensure_running()
        return credentials

    def exists(self, org_id: UUID, provider: Provider) -> bool:
        """Whether credentials are stored and switched on; says nothing about whether they work."""
        with org_scope(org_id), org_tx():
            found: bool = OrgCredential.objects.filter(provider=provider, is_active=True).exists()
        return found

    def list_providers(self, org_id: UUID) -> list[ProviderStatus]:
        """What may be shown of each stored integration, by provider. One query; nothing is decrypted."""
        with org_scope(org_id), org_tx():
            rows = list(OrgCredential.objects.order_by("provider").defer("encrypted_config"))
        return [
            ProviderStatus(
                provider=Provider(row.provider),
                is_active=row.is_active,
                last_verified_at=row.last_verified_at,
                verification_error=row.verification_error,
                metadata=row.metadata,
            )
            for row in rows
        ]

    def save(
        self, *, org_id: UUID, credentials: Credentials, actor: Actor, metadata: dict[str, Any] | None = None
    ) -> None:
        """Store credentials in place of earlier ones, all or nothing; `metadata` is what may be shown of them.

        Raises:
            CredentialUnreadable: the organisation's data key cannot be opened, so nothing was changed.
        """
        provider = credentials.provider
        with org_scope(org_id), org_tx():
            values = {**_seal(org_id, credentials), "is_active": True, "verification_error": ""}
            if metadata is not None:
                values["metadata"] = metadata
            row, made = OrgCredential.objects.update_or_create(provider=provider, defaults=values)
            audit.record(actor, "credential.created" if made else "credential.replaced", row, provider=provider.value)
            self._forget_on_commit(org_id, provider)
        log.info("credentials.saved", org=str(org_id), provider=provider.value)

    def delete(self, *, org_id: UUID, provider: Provider, actor: Actor) -> bool:
        """Remove the ciphertext. False when there was none."""
        with org_scope(org_id), org_tx():
            row = OrgCredential.objects.select_for_update().filter(provider=provider).first()
            if row is None:
                return False
            audit.record(actor, "credential.deleted", row, provider=provider.value)
            row.delete()
            self._forget_on_commit(org_id, provider)
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
        fresh = VapiCredentials(
            webhook_secret=Secret(secrets.token_urlsafe(WEBHOOK_SECRET_BYTES)), secret_id=secrets.token_hex(8)
        )
        with org_scope(org.pk), org_tx():
            row, made = OrgCredential.objects.get_or_create(provider=Provider.VAPI, defaults=_seal(org.pk, fresh))
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
                    transaction.on_commit(_Forget(key))
        log.warning("credentials.shredded", org=str(org_id), found=shredded)
        return shredded

    def statistics(self) -> CacheStatistics:
        """Hits, misses and size of this process's cache."""
        return self._cache.statistics()

    def _forget_on_commit(self, org_id: UUID, provider: Provider) -> None:
        key = _cache_key(org_id, provider)
        self._cache.drop(key)
        transaction.on_commit(_Forget(key))


def _cache_key(org_id: UUID, provider: Provider) -> str:
    return f"{provider.value}:{org_id}"


def _is_changing(key: str) -> bool:
    """Whether the open transaction has changed this credential: a value that may yet be rolled back is not cached."""
    return any(hook[1] == _Forget(key) for hook in connection.run_on_commit)


def _seal(org_id: UUID, credentials: Credentials) -> dict[str, Any]:
    provider = credentials.provider
    plain = json.dumps(credentials.to_config(), separators=(",", ":")).encode()
    try:
        sealed = get_or_make_data_key(org_id).seal(plain, _place(org_id, provider))
    except SealBroken as broken:
        raise CredentialUnreadable(provider, broken.damage) from broken
    return {
        "encrypted_config": sealed.text,
        "key_commitment": sealed.commitment,
        "key_fingerprint": sealed.key_id,
        "encryption_version": sealed.version,
    }


def _load(org_id: UUID, provider: Provider) -> Credentials:
    row = OrgCredential.objects.filter(provider=provider).first()
    if row is None:
        raise NotConnected(provider)
    if not row.is_active:
        raise CredentialDisabled(provider)
    sealed = Sealed(row.encrypted_config, row.key_commitment, row.key_fingerprint, row.encryption_version)
    try:
        plain = get_data_key(org_id).open(sealed, _place(org_id, provider))
        return CREDENTIAL_TYPES[provider].from_config(json.loads(plain))
    except SealBroken as broken:
        damage = broken.damage
    except (KeyError, TypeError, ValueError):
        damage = Damage.CORRUPT
    log.error("credentials.unreadable", org=str(org_id), provider=provider.value, damage=damage.value)
    raise CredentialUnreadable(provider, damage)


def _place(org_id: UUID, provider: Provider) -> Place:
    return Place(org_id=org_id, table="org_credentials", column="encrypted_config", row=provider.value)


credential_service = CredentialService()


def seed_webhook_secret(org: Organization) -> None:
    """A new clinic starts with a secret, so that its first assistant can be trusted."""
    credential_service.ensure_vapi_webhook_secret(org)
