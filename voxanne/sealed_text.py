"""Encryption for what belongs to no organisation (second factors, …): the master key, bound to a purpose and a row.

Organisations' secrets go through the credential service and their own data key instead. The text is
`s1:<id of the master key>:<nonce, ciphertext and tag in base64>`. Tables that hold such texts are registered in
`voxanne.sealed_rows`, so that a key rotation finds them.
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

_FORMAT = "s1"
_NONCE_BYTES = 12


class SealBroken(DomainError, ValueError):
    """The text was not sealed with any key that we hold, or was changed."""

    code = "seal_broken"
    http_status = 409
    message = "This can no longer be read: its key is gone or it was changed."


def seal(text: str, *, purpose: str, row: str) -> str:
    """Encrypt with the current master key; the result is text and opens only for the same purpose and row."""
    key_id = master_key_id(settings.ENCRYPTION_KEY)
    nonce = os.urandom(_NONCE_BYTES)
    body = _cipher(settings.ENCRYPTION_KEY, purpose).encrypt(nonce, text.encode(), _context(key_id, purpose, row))
    return f"{named_prefix(key_id)}{base64.urlsafe_b64encode(nonce + body).decode()}"


def unseal(sealed: str, *, purpose: str, row: str) -> str:
    """Decrypt with the current or a retired master key.

    Raises:
        SealBroken: no key fits, the text was changed or cut, or it was sealed for another row.
    """
    key_id = key_id_of(sealed)
    keys = (settings.ENCRYPTION_KEY, *settings.ENCRYPTION_KEYS_RETIRED)
    key = next((key for key in keys if master_key_id(key) == key_id), None)
    if key is None:
        raise SealBroken
    raw = _bytes_of(sealed.removeprefix(named_prefix(key_id)))
    try:
        plain = _cipher(key, purpose).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], _context(key_id, purpose, row))
    except (InvalidTag, ValueError) as error:
        raise SealBroken from error
    return plain.decode()


def reseal(sealed: str, *, purpose: str, row: str) -> str:
    """The same text under the current master key, opened once more before anything relies on it.

    Raises:
        SealBroken: as `unseal`.
    """
    text = unseal(sealed, purpose=purpose, row=row)
    fresh = seal(text, purpose=purpose, row=row)
    if unseal(fresh, purpose=purpose, row=row) != text:
        raise SealBroken
    return fresh


def key_id_of(sealed: str) -> str:
    """The id of the master key that a text says it was sealed with; "" when it does not say."""
    version, _, rest = sealed.partition(":")
    return rest.partition(":")[0] if version == _FORMAT else ""


def named_prefix(key_id: str) -> str:
    """How every text begins that was sealed with that key."""
    return f"{_FORMAT}:{key_id}:"


def _bytes_of(body: str) -> bytes:
    """Strict: base64 can be spelled in more ways than one, and every changed character must be refused."""
    try:
        raw = base64.urlsafe_b64decode(body)
    except ValueError as error:
        raise SealBroken from error
    if base64.urlsafe_b64encode(raw).decode() != body:
        raise SealBroken
    return raw


def _context(key_id: str, purpose: str, row: str) -> bytes:
    return f"{_FORMAT}\0{key_id}\0{purpose}\0{row}".encode()


def _cipher(key: str, purpose: str) -> AESGCM:
    derived = HKDF(hashes.SHA256(), 32, salt=None, info=f"voxanne {purpose}".encode()).derive(derive_master_key(key))
    return AESGCM(derived)
