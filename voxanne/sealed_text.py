"""Encryption for secrets of people rather than organisations (second factors): the master key, bound to a purpose.

Organisations' secrets go through the credential service and their own data key instead.
"""

import base64
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from voxanne.master_key import derive_master_key

_VERSION = "s1"
_NONCE_BYTES = 12


class SealBroken(ValueError):
    """The text was not sealed with any key that we hold, or was changed."""


def seal(text: str, *, purpose: str) -> str:
    """Encrypt with the current master key; the result is text and opens only for the same purpose."""
    nonce = os.urandom(_NONCE_BYTES)
    sealed = _cipher(settings.ENCRYPTION_KEY, purpose).encrypt(nonce, text.encode(), purpose.encode())
    return f"{_VERSION}:{base64.urlsafe_b64encode(nonce + sealed).decode()}"


def unseal(sealed: str, *, purpose: str) -> str:
    """Decrypt with the current or a retired master key.

    Raises:
        SealBroken: no key fits, or the text was changed.
    """
    version, _, body = sealed.partition(":")
    raw = base64.urlsafe_b64decode(body) if version == _VERSION else b""
    for key in (settings.ENCRYPTION_KEY, *settings.ENCRYPTION_KEYS_RETIRED):
        try:
            return _cipher(key, purpose).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], purpose.encode()).decode()
        except (InvalidTag, ValueError):
            continue
    raise SealBroken("sealed text does not open with any key")


def _cipher(key: str, purpose: str) -> AESGCM:
    derived = HKDF(hashes.SHA256(), 32, salt=None, info=f"voxanne {purpose}".encode()).derive(derive_master_key(key))
    return AESGCM(derived)
