"""Organisations' data keys under the platform's master keys: how a key rotation wraps them anew."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from django.db import connection
from django.db.models import Count

from credentials.encryption import Place, Sealed
from credentials.errors import Damage, SealBroken
from credentials.key_ring import key_ring
from credentials.models import OrgKey
from credentials.org_keys import open_wrapped, wrapping_place
from orgs.scope import service_tx
from voxanne import sealed_text
from voxanne.sealed_rows import Claim, SealedRow


class WrappedDataKeys:
    """`org_keys` for `voxanne.sealed_rows`. The data keys themselves stay as they are, so nothing else changes."""

    name = OrgKey._meta.db_table

    def open_tx(self) -> AbstractContextManager[None]:
        return service_tx("rotate the master key")

    def count_by_key(self) -> Mapping[str, int]:
        return dict(OrgKey.across_orgs.values_list("master_key_id").annotate(Count("pk")).order_by())

    def claim(self, *, current: str, after: Any, limit: int) -> Claim:
        stale = OrgKey.across_orgs.exclude(master_key_id=current)
        if after is not None:
            stale = stale.filter(pk__gt=after)
        rows = [SealedRow(key.pk, key) for key in stale.order_by("pk").select_for_update(skip_locked=True)[:limit]]
        return Claim(rows, last=rows[-1].pk if len(rows) == limit else None)

    def reseal(self, row: SealedRow) -> Sealed:
        key: OrgKey = row.content
        try:
            return _seal_again(open_wrapped(key), wrapping_place(key.org_id, key.pk))
        except SealBroken as broken:
            raise sealed_text.SealBroken(broken.damage.value) from broken

    def swap(self, changes: Sequence[tuple[SealedRow, Any]]) -> int:
        if not changes:
            return 0
        columns = zip(*(_change(row.content, fresh) for row, fresh in changes), strict=True)
        with connection.cursor() as cursor:
            cursor.execute(_SWAP, [list(column) for column in columns])
            return int(cursor.rowcount)


def _seal_again(data_key: bytes, place: Place) -> Sealed:
    """Under the current key, and opened once more before anything relies on it."""
    current = key_ring().current
    sealed = current.seal(data_key, place)
    if current.open(sealed, place) != data_key:
        raise SealBroken(Damage.CORRUPT)
    return sealed


def _change(key: OrgKey, fresh: Sealed) -> tuple[object, ...]:
    return key.pk, key.wrapped_key, fresh.text, fresh.commitment, fresh.version, fresh.key_id


_SWAP = """
UPDATE org_keys SET wrapped_key = new.wrapped_key, key_commitment = new.key_commitment,
    encryption_version = new.encryption_version, master_key_id = new.master_key_id, updated_at = now()
FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[])
    AS new (id, old_wrapped_key, wrapped_key, key_commitment, encryption_version, master_key_id)
WHERE org_keys.id = new.id AND org_keys.wrapped_key = new.old_wrapped_key
"""
