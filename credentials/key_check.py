"""Another master key must stop the start, not silently seal new secrets beside old ones that it cannot open."""

import hmac

from django.db import connection, transaction

from credentials.errors import WrongEncryptionKey
from credentials.key_ring import KeyRing, key_ring
from credentials.models import EncryptionKeyCheck
from voxanne.master_key import KeyRefused


def check_key_value() -> str:
    """Compare the configured master key with the one this database knows; the first start records it.

    A new key is taken over when the known one is among `ENCRYPTION_KEYS_RETIRED`: that is a rotation.
    Runs as any login, outside tenant transactions; safe to run at every start of every process.

    Returns:
        The id of the current key, which is no secret.

    Raises:
        WrongEncryptionKey: the database's secrets are sealed with a key that is not configured.
        KeyRefused: a configured key is weak, damaged or published.
    """
    ring = key_ring()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('encryption key check'))")
        known = EncryptionKeyCheck.objects.order_by("-id").first()
        if known is None or _is_rotation(known, ring):
            EncryptionKeyCheck.objects.create(key_id=ring.current.id, check_value=ring.current.check_value)
    return ring.current.id


def find_key_problem() -> str:
    """What is wrong with the configured master key for this database, in words; "" when it fits."""
    try:
        check_key_value()
    except (WrongEncryptionKey, KeyRefused) as problem:
        return str(problem)
    return ""


def _is_rotation(known: EncryptionKeyCheck, ring: KeyRing) -> bool:
    key = ring.find(known.key_id)
    if key is None or not hmac.compare_digest(key.check_value, known.check_value):
        raise WrongEncryptionKey(
            "ENCRYPTION_KEY is not the key that this database's secrets were sealed with "
            f"(the database knows key {known.key_id}, configured is {ring.current.id}). Put the earlier key back, "
            "or list it in ENCRYPTION_KEYS_RETIRED to rotate."
        )
    return key.id != ring.current.id
