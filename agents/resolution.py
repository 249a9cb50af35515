"""Whose an assistant is: asked before any organisation is known, through one SECURITY DEFINER function."""

import re
from uuid import UUID

from django.db import connection

from voxanne.expiring_cache import ExpiringCache

# Vapi's ids are UUIDs. Anything that cannot be an id (also a NUL, which PostgreSQL refuses) belongs to nobody.
_FORM = re.compile(r"[0-9A-Za-z_-]{1,64}", re.ASCII)
cache: ExpiringCache[UUID] = ExpiringCache(name="assistants", ttl_s=30.0, max_entries=20_000)


def find_org_for_assistant(assistant_id: str) -> UUID | None:
    """The organisation whose assistant this is, also when a newer one has replaced it; None when nobody knows it.

    Call it outside of tenant transactions: only the web and worker logins themselves may ask. An answer is kept for
    30 seconds in this process, "nobody" never is.
    """
    if not _FORM.fullmatch(assistant_id):
        return None
    known = cache.find(assistant_id)
    if known is not None:
        return known
    epoch = cache.epoch()
    with connection.cursor() as cursor:
        cursor.execute("SELECT org_of_assistant(%s::text)", [assistant_id])
        org_id: UUID | None = cursor.fetchone()[0]
    if org_id is not None:
        cache.put(assistant_id, org_id, epoch=epoch)
    return org_id
