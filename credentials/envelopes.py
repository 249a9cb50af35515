"""Credentials as the columns of their row, and back. Runs inside an open `org_tx`: the data key is read there."""

import json
from typing import Any, Protocol
from uuid import UUID

import structlog

from credentials.encryption import Place, Sealed
from credentials.errors import CredentialDisabled, CredentialUnreadable, Damage, NotConnected, SealBroken
from credentials.org_keys import get_data_key, get_or_make_data_key
from credentials.types import CREDENTIAL_TYPES, Credentials, Provider

log = structlog.get_logger(__name__)


class Row(Protocol):
    """A row of `org_credentials`, as far as opening it goes."""

    is_active: bool
    encrypted_config: str
    key_commitment: str
    key_fingerprint: str
    encryption_version: str


def seal_credentials(org_id: UUID, credentials: Credentials) -> dict[str, Any]:
    """The columns that hold these credentials.

    Raises:
        CredentialUnreadable: the organisation's data key cannot be opened.
    """
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


def open_credentials(org_id: UUID, provider: Provider, row: Row | None) -> Credentials:
    """The credentials in a row.

    Raises:
        NotConnected, CredentialDisabled: there is no row, or it is switched off.
        CredentialUnreadable: it cannot be decrypted or is not what it should be.
    """
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
