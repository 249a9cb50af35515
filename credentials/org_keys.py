"""Organisations' data keys: made once, kept wrapped, shredded by deleting a row. Runs inside an open `org_tx`."""

import os
from uuid import UUID

from credentials.encryption import KEY_BYTES, Place, Sealed, SealingKey
from credentials.errors import Damage, SealBroken
from credentials.key_ring import key_ring
from credentials.models import OrgKey
from voxanne.ids import uuid7

PURPOSE = "organisation key"


def get_or_make_data_key(org_id: UUID) -> SealingKey:
    """The organisation's data key, made now when there is none. Two at once end with one key.

    Raises:
        SealBroken: there is a key and no configured master key opens it.
    """
    row, _ = OrgKey.objects.get_or_create(defaults=_new_row(org_id))
    return _unwrap(row)


def get_data_key(org_id: UUID) -> SealingKey:
    """The organisation's data key.

    Raises:
        SealBroken: it was shredded, or no configured master key opens it.
    """
    return open_data_key(OrgKey.objects.first())


def open_data_key(row: OrgKey | None) -> SealingKey:
    """The data key in a row that was read already.

    Raises:
        SealBroken: it was shredded (there is no row), or no configured master key opens it.
    """
    if row is None:
        raise SealBroken(Damage.WRONG_KEY)
    return _unwrap(row)


def delete_data_key() -> bool:
    """Shred: whatever was sealed with the key is unreadable from now on. False when there was none."""
    deleted: int
    deleted, _ = OrgKey.objects.all().delete()
    return deleted > 0


def _new_row(org_id: UUID) -> dict[str, object]:
    row_id, master = uuid7(), key_ring().current
    wrapped = master.seal(os.urandom(KEY_BYTES), wrapping_place(org_id, row_id))
    return {
        "id": row_id,
        "wrapped_key": wrapped.text,
        "key_commitment": wrapped.commitment,
        "encryption_version": wrapped.version,
        "master_key_id": wrapped.key_id,
    }


def open_wrapped(row: OrgKey) -> bytes:
    """The data key in a row, whichever configured master key wraps it.

    Raises:
        SealBroken: none of them opens it.
    """
    master = key_ring().find(row.master_key_id)
    if master is None:
        raise SealBroken(Damage.WRONG_KEY)
    sealed = Sealed(row.wrapped_key, row.key_commitment, row.master_key_id, row.encryption_version)
    return master.open(sealed, wrapping_place(row.org_id, row.pk))


def wrapping_place(org_id: UUID, row_id: UUID) -> Place:
    """What a wrapped data key is bound to."""
    return Place(org_id=org_id, table="org_keys", column="wrapped_key", row=str(row_id))


def _unwrap(row: OrgKey) -> SealingKey:
    return SealingKey(open_wrapped(row), purpose=PURPOSE)
