"""Whose a called number is: asked before any organisation is known, through one SECURITY DEFINER function."""

import re
from uuid import UUID

from django.db import connection

from voxanne.expiring_cache import ExpiringCache

# A number in E.164 or Vapi's id of it. Anything else (also a NUL, which PostgreSQL refuses) belongs to nobody.
_FORM = re.compile(r"\+[1-9]\d{6,14}|[0-9A-Za-z_-]{1,64}", re.ASCII)
cache: ExpiringCache[UUID] = ExpiringCache(name="numbers", ttl_s=30.0, max_entries=5000)


def find_org_for_number(number: str) -> UUID | None:
    """The organisation with this active number (E.164) or Vapi phone number id; None when nobody has it.

    Call it outside of tenant transactions: only the web and worker logins themselves may ask. An answer is kept for
    30 seconds in this process, "nobody" never is.
    """
    if not _FORM.fullmatch(number):
        return None
    known = cache.find(number)
    if known is not None:
        return known
    epoch = cache.epoch()
    with connection.cursor() as cursor:
        cursor.execute("SELECT org_of_phone_number(%s::text)", [number])
        org_id: UUID | None = cursor.fetchone()[0]
    if org_id is not None:
        cache.put(number, org_id, epoch=epoch)
    return org_id
