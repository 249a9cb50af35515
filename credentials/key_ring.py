"""The platform's master keys: the current one seals, retired ones only open."""

from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings

from credentials.encryption import SealingKey
from voxanne.master_key import derive_master_key

PURPOSE = "master key"


@dataclass(frozen=True)
class KeyRing:
    """`ENCRYPTION_KEY` and `ENCRYPTION_KEYS_RETIRED`."""

    current: SealingKey
    retired: tuple[SealingKey, ...]

    def find(self, key_id: str) -> SealingKey | None:
        """The key with that id, or None when it is not configured."""
        return next((key for key in (self.current, *self.retired) if key.id == key_id), None)


def key_ring() -> KeyRing:
    """The configured keys.

    Raises:
        KeyRefused: one of them is weak, damaged or published.
    """
    return _build(settings.ENCRYPTION_KEY, tuple(settings.ENCRYPTION_KEYS_RETIRED), settings.SECRET_KEY)


@lru_cache(maxsize=4)
def _build(current: str, retired: tuple[str, ...], secret_key: str) -> KeyRing:
    keys = [SealingKey(derive_master_key(text, secret_key=secret_key), purpose=PURPOSE) for text in (current, *retired)]
    return KeyRing(current=keys[0], retired=tuple(keys[1:]))
