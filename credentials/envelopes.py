"""Credentials as the columns of their row, and back.

Runs inside an open `org_tx`, where the data key is read, unless the key comes along.
"""

import json
from collections.abc import Callable
from typing import Any, Protocol
from uuid import UUID

import structlog

from credentials.encryption import Place, Sealed, SealingKey
from credentials.errors import CredentialDisabled, CredentialUnreadable, Damage, NotConnected, SealBroken
from credentials.org_keys import get_data_key, get_or_make_data_key
from credentials.types import CREDENTIAL_TYPES, Credentials, Provider

log = structlog.get_logger(__name__)


class Row(Protocol):
    """A row of `org_credentials`, as far as opening it goes."""

    @property
    def is_active(self) -> bool: ...
    @property
    def encrypted_config(self) -> str: ...
    @property
    def key_commitment(self) -> str: ...
    @property
    def key_fingerprint(self) -> str: ...
    @property
    def encryption_version(self) -> str: ...


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


def open_credentials(
    org_id: UUID, provider: Provider, row: Row | None, *, find_key: Callable[[UUID], SealingKey] = get_data_key
) -> Credentials:
    """The credentials in a row, opened with the organisation's data key.

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
        plain = find_key(org_id).open(sealed, _place(org_id, provider))
        return CREDENTIAL_TYPES[provider].from_config(json.loads(plain))
    except SealBroken as broken:
        damage = broken.damage
    except (KeyError, TypeError, ValueError):
        damage = Damage.CORRUPT
    log.error("credentials.unreadable", org=str(org_id), provider=provider.value, damage=damage.value)
    raise CredentialUnreadable(provider, damage)


def _place(org_id: UUID, provider: Provider) -> Place:
    return Place(org_id=org_id, table="org_credentials", column="encrypted_config", row=provider.value)
