"""From `ENCRYPTION_KEY` to 32 bytes, refusing what would be a weak or damaged key.

Rules and their reasons: reference reliability-security, section 2.3.
"""

import hashlib
import math
import re
from functools import lru_cache
from itertools import pairwise

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_HEX_KEY = re.compile(r"^[0-9a-fA-F]{64}$")
_NEARLY_HEX = re.compile(r"^[0-9a-fA-F]{56,72}$")
_KNOWN_SAMPLES = {
    hashlib.sha256(b"0123456789abcdef" * 4).hexdigest(),
    "de4ef03caa3c93df11644c84a335cad1a460eaaedc3683181e3869bb6d561b2c",  # printed in a published guide
}
_PLACEHOLDERS = ("changeme", "change-me", "change_me", "placeholder", "your-encryption", "your_encryption", "example")
MIN_LENGTH = 32
MIN_DISTINCT = 16
MIN_BITS = 100.0
SCRYPT_PREFIX = "scrypt:"


class KeyRefused(ValueError):
    """The key is weak, damaged or published; the message says what to do and never holds the key."""


@lru_cache(maxsize=8)
def derive_master_key(text: str, *, secret_key: str = "") -> bytes:
    """Turn the text of `ENCRYPTION_KEY` into 32 bytes.

    64 hex characters are the key itself; `scrypt:<passphrase>` is stretched; anything else is hashed with SHA-256 if it
    is long and varied enough.

    Raises:
        KeyRefused: the text is empty, a placeholder, repeated, a damaged hex key, too weak, or `SECRET_KEY` itself.
    """
    text = text.strip()
    _refuse_obvious(text, secret_key)
    if _HEX_KEY.match(text):
        return _raw_key(text)
    if _NEARLY_HEX.match(text):
        raise KeyRefused(f"looks like a damaged key: {len(text)} hex characters where 64 are needed")
    if text.startswith(SCRYPT_PREFIX):
        return _stretched(text.removeprefix(SCRYPT_PREFIX))
    if len(text) < MIN_LENGTH or len(set(text)) < MIN_DISTINCT or _estimated_bits(text) < MIN_BITS:
        raise KeyRefused("too easy to guess; use the output of `manage.py generate_key`")
    return hashlib.sha256(text.encode()).digest()


def master_key_id(text: str) -> str:
    """The name of a master key, 16 hex digits that tell nothing of it. It stands beside whatever the key sealed.

    Raises:
        KeyRefused: as `derive_master_key`.
    """
    return HKDF(hashes.SHA256(), 8, salt=None, info=b"voxanne master key id v1").derive(derive_master_key(text)).hex()


def _refuse_obvious(text: str, secret_key: str) -> None:
    if not text:
        raise KeyRefused("is empty; use the output of `manage.py generate_key`")
    if secret_key and text == secret_key.strip():
        raise KeyRefused("is the same as SECRET_KEY; the two must differ")
    if any(word in text.lower() for word in _PLACEHOLDERS):
        raise KeyRefused("is a placeholder; use the output of `manage.py generate_key`")
    if hashlib.sha256(text.lower().encode()).hexdigest() in _KNOWN_SAMPLES:
        raise KeyRefused("is a published sample key; use the output of `manage.py generate_key`")
    if _is_repeated(text):
        raise KeyRefused("is a repeated pattern; use the output of `manage.py generate_key`")


def _raw_key(text: str) -> bytes:
    key = bytes.fromhex(text)
    steps = {(b - a) % 256 for a, b in pairwise(key)}
    if len(set(key)) < 12 or len(steps) == 1:
        raise KeyRefused("is not random; use the output of `manage.py generate_key`")
    return key


def _stretched(passphrase: str) -> bytes:
    if len(passphrase) < 16 or len(set(passphrase)) < 8:
        raise KeyRefused("the passphrase after scrypt: should have at least 16 varied characters")
    return hashlib.scrypt(passphrase.encode(), salt=b"voxanne master key v1", n=2**17, r=8, p=1, maxmem=2**28, dklen=32)


def _is_repeated(text: str) -> bool:
    """True for `abababab…`: a period of at most a quarter of the length."""
    return any(text == (text[:size] * (len(text) // size + 1))[: len(text)] for size in range(1, len(text) // 4 + 1))


def _estimated_bits(text: str) -> float:
    """Shannon entropy of the characters times the length: a generous upper estimate, so a low one is surely weak."""
    counts = [text.count(char) for char in set(text)]
    per_char = -sum(n / len(text) * math.log2(n / len(text)) for n in counts)
    return per_char * len(text)
