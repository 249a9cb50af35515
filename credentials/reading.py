"""Reading a stored credential together with the data key that opens it, in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from credentials.envelopes import open_credentials
from credentials.models import OrgKey
from credentials.org_keys import open_data_key
from credentials.types import Credentials, Provider


@dataclass(frozen=True)
class StoredCredential:
    """A row of `org_credentials` as far as opening it goes, and its organisation's key; None when that was shredded."""

    is_active: bool
    encrypted_config: str
    key_commitment: str
    key_fingerprint: str
    encryption_version: str
    data_key: OrgKey | None


def read_credentials(org_id: UUID, provider: Provider) -> Credentials:
    """The credentials of an organisation. A tenant transaction of its own where none is open.

    Raises:
        NotConnected, CredentialDisabled, CredentialUnreadable: as `open_credentials`.
    """
    stored = _read(org_id, provider)
    data_key = stored.data_key if stored else None
    return open_credentials(org_id, provider, stored, find_key=lambda _: open_data_key(data_key))


def _read(org_id: UUID, provider: Provider) -> StoredCredential | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM read_credential(%s::uuid, %s)", [org_id, provider.value])
        found = cursor.fetchone()
    if found is None:
        return None
    is_active, config, commitment, fingerprint, version, *key_columns = found
    return StoredCredential(is_active, config, commitment, fingerprint, version, _data_key(org_id, key_columns))


def _data_key(org_id: UUID, columns: Sequence[Any]) -> OrgKey | None:
    names = ("id", "wrapped_key", "key_commitment", "encryption_version", "master_key_id")
    values = dict(zip(names, columns, strict=True))
    return OrgKey(org_id=org_id, **values) if values["id"] else None
