"""Sealing an organisation's own texts (webhook payloads, …) with its data key, which shredding destroys.

For credentials themselves use `credentials.service`. Data keys are kept in memory for 30 seconds.
"""

from uuid import UUID

from django.db import connection

from credentials.encryption import Place, Sealed, SealingKey
from credentials.errors import SealBroken, SealedTextUnreadable
from credentials.invalidation import listener
from credentials.org_keys import get_data_key, get_or_make_data_key
from orgs.scope import org_scope, org_tx
from voxanne.expiring_cache import ExpiringCache

__all__ = ["Sealed", "key_cache_key", "open_in_row", "seal_for_org", "seal_in_row", "unseal_for_org"]

_keys: ExpiringCache[SealingKey] = ExpiringCache(name="data_keys", ttl_s=30.0, max_entries=1000)
listener.add(_keys)


def seal_for_org(org_id: UUID, *, purpose: str, text: str) -> str:
    """Encrypt a text for one organisation and purpose. Usually needs no query.

    Raises:
        SealedTextUnreadable: the organisation's key cannot be opened with any configured master key.
    """
    return _key(org_id, make=True).seal_compact(text.encode(), _place(org_id, purpose))


def unseal_for_org(org_id: UUID, *, purpose: str, sealed: str) -> str:
    """Decrypt what `seal_for_org` made for the same organisation and purpose.

    Raises:
        SealedTextUnreadable: the key was shredded or is not configured, or the text was changed or cut.
    """
    try:
        return _key(org_id, make=False).open_compact(sealed, _place(org_id, purpose)).decode()
    except SealBroken as broken:
        raise SealedTextUnreadable(broken.damage) from broken


def seal_in_row(org_id: UUID, *, table: str, column: str, row: str, text: str) -> Sealed:
    """Encrypt a secret that stands in another room's row, bound to that row. The four parts go into its columns.

    Raises:
        SealedTextUnreadable: the organisation's key cannot be opened with any configured master key.
    """
    place = Place(org_id=org_id, table=table, column=column, row=row)
    return _key(org_id, make=True).seal(text.encode(), place)


def open_in_row(org_id: UUID, *, table: str, column: str, row: str, sealed: Sealed) -> str:
    """Decrypt what `seal_in_row` made for the same row.

    Raises:
        SealedTextUnreadable: the key was shredded or is not configured, or any of the parts was changed, cut or moved.
    """
    place = Place(org_id=org_id, table=table, column=column, row=row)
    try:
        return _key(org_id, make=False).open(sealed, place).decode()
    except SealBroken as broken:
        raise SealedTextUnreadable(broken.damage) from broken


def _key(org_id: UUID, *, make: bool) -> SealingKey:
    cache_key = key_cache_key(org_id)
    found = _keys.find(cache_key)
    if found is not None:
        return found
    epoch = _keys.epoch()
    try:
        with org_scope(org_id), org_tx():
            key = get_or_make_data_key(org_id) if make else get_data_key(org_id)
    except SealBroken as broken:
        raise SealedTextUnreadable(broken.damage) from broken
    if not connection.in_atomic_block:  # a key that an open transaction may yet roll back must not seal anything else
        _keys.put(cache_key, key, epoch=epoch)
        listener.ensure_running()
    return key


def key_cache_key(org_id: UUID) -> str:
    """The name under which all processes keep an organisation's data key."""
    return f"org_key:{org_id}"


def _place(org_id: UUID, purpose: str) -> Place:
    return Place(org_id=org_id, table="sealed_text", column=purpose, row="")
