"""Whose something at a provider is: asked before any organisation is known, through one SECURITY DEFINER function."""

import re
from uuid import UUID

from django.db import connection

from voxanne.expiring_cache import ExpiringCache
from voxanne.rereading import reread_later

KEPT_S = 30.0


class Directory:
    """One such function, and what it answered in the last 30 seconds in this process. "Nobody" is never kept.

    Ask it outside of tenant transactions: only the web and worker logins themselves may call the function.

    Args:
        function: in the database; takes a text and answers with an organisation's id or NULL.
        form: what may be asked for. Anything else (also a NUL, which PostgreSQL refuses) belongs to nobody.
        name: what the cache's figures are told under.
    """

    def __init__(self, *, function: str, form: str, name: str, max_entries: int) -> None:
        self._statement = f"SELECT {connection.ops.quote_name(function)}(%s::text)"
        self._form = re.compile(form, re.ASCII)
        self.cache: ExpiringCache[UUID] = ExpiringCache(
            name=name, ttl_s=KEPT_S, max_entries=max_entries, reread=lambda key: reread_later(self._load, key)
        )

    def find_org(self, key: str) -> UUID | None:
        """The organisation that this belongs to; None when it is nobody's."""
        if not self._form.fullmatch(key):
            return None
        return self.cache.find(key) or self._load(key)

    def _load(self, key: str) -> UUID | None:
        epoch = self.cache.epoch()
        with connection.cursor() as cursor:
            cursor.execute(self._statement, [key])
            org_id: UUID | None = cursor.fetchone()[0]
        if org_id is not None:
            self.cache.put(key, org_id, epoch=epoch)
        else:
            self.cache.drop(key)
        return org_id
