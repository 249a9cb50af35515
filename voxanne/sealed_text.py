"""Encryption for secrets of people rather than organisations (second factors): the master key, bound to a purpose.

Organisations' secrets go through the credential service and their own data key instead. The text is
`s2:<id of the master key>:<nonce, ciphertext and tag in base64>`; the older `s1:<…>` does not name its key and is still
read. Tables that hold such texts are registered in `voxanne.sealed_rows`, so that a key rotation finds them.
"""

import base64
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from voxanne.errors import DomainError
from voxanne.master_key import derive_master_key, master_key_id

_UNNAMED = "s1"
_NAMED = "s2"
_NONCE_BYTES = 12


class SealBroken(DomainError, ValueError):
    """The text was not sealed with any key that we hold, or was changed."""

    code = "seal_broken"
    http_status = 409
    message = "This can no longer be read: its key is gone or it was changed."


def seal(text: str, *, purpose: str) -> str:
    """Encrypt with the current master key; the result is text and opens only for the same purpose."""
    key_id = master_key_id(settings.ENCRYPTION_KEY)
    nonce = os.urandom(_NONCE_BYTES)
    body = _cipher(settings.ENCRYPTION_KEY, purpose).encrypt(nonce, text.encode(), _context(key_id, purpose))
    return f"{_NAMED}:{key_id}:{base64.urlsafe_b64encode(nonce + body).decode()}"


def unseal(sealed: str, *, purpose: str) -> str:
    """Decrypt with the current or a retired master key.

    Raises:
        SealBroken: no key fits, or the text was changed or cut.
    """
    version, _, rest = sealed.partition(":")
    if version == _UNNAMED:
        return _open(rest, purpose, context=purpose.encode(), keys=_all_keys())
    key_id, _, body = rest.partition(":")
    if version != _NAMED:
        raise SealBroken
    keys = [key for key in _all_keys() if master_key_id(key) == key_id]
    return _open(body, purpose, context=_context(key_id, purpose), keys=keys)


def reseal(sealed: str, *, purpose: str) -> str:
    """The same text under the current master key, opened once more before anything relies on it.

    Raises:
        SealBroken: as `unseal`.
    """
    text = unseal(sealed, purpose=purpose)
    fresh = seal(text, purpose=purpose)
    if unseal(fresh, purpose=purpose) != text:
        raise SealBroken
    return fresh


def key_id_of(sealed: str) -> str:
    """The id of the master key that a text says it was sealed with; "" when it does not say."""
    version, _, rest = sealed.partition(":")
    return rest.partition(":")[0] if version == _NAMED else ""


def named_prefix(key_id: str) -> str:
    """How every text begins that was sealed with that key."""
    return f"{_NAMED}:{key_id}:"


def _open(body: str, purpose: str, *, context: bytes, keys: list[str]) -> str:
    raw = _bytes_of(body)
    for key in keys:
        try:
            return _cipher(key, purpose).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], context).decode()
        except (InvalidTag, ValueError):
            continue
    raise SealBroken


def _bytes_of(body: str) -> bytes:
    """Strict: base64 can be spelled in more ways than one, and every changed character must be refused."""
    try:
        raw = base64.urlsafe_b64decode(body)
    except ValueError as error:
        raise SealBroken from error
    if base64.urlsafe_b64encode(raw).decode() != body:
        raise SealBroken
    return raw


def _all_keys() -> list[str]:
    return [settings.ENCRYPTION_KEY, *settings.ENCRYPTION_KEYS_RETIRED]


def _context(key_id: str, purpose: str) -> bytes:
    return f"{_NAMED}:{key_id}:{purpose}".encode()


def _cipher(key: str, purpose: str) -> AESGCM:
    derived = HKDF(hashes.SHA256(), 32, salt=None, info=f"voxanne {purpose}".encode()).derive(derive_master_key(key))
    return AESGCM(derived)
