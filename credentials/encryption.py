"""AES-256-GCM for stored secrets: bound to their row, committed to their key. Pure: no database, no settings.

The text is `iv:authTag:ciphertext` in lower-case hex. Beside it, in columns of their own, stand the version, the id of
the key, and the key commitment: GCM alone can be opened with two keys to two texts, so the commitment (HMAC-SHA256 over
nonce and context with a key of its own) is checked first. Large texts that are nobody's credential (webhook payloads)
take the compact form instead, which carries all of it in one base64 text.
"""

import base64
import hmac
import os
import re
from dataclasses import dataclass
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from credentials.errors import Damage, SealBroken

VERSION = "v1"
KEY_BYTES = 32
_IV_BYTES = 12
_TAG_BYTES = 16
_COMPACT_HEAD = _IV_BYTES + 32
# Canonical hex only: an upper-case digit would decode to the same bytes, and every changed character must be refused.
_FORM = re.compile(r"[0-9a-f]{24}:[0-9a-f]{32}:(?:[0-9a-f]{2})+")
_COMMITMENT_FORM = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Place:
    """Where a ciphertext belongs. One that was moved to another place does not open."""

    org_id: UUID
    table: str
    column: str
    row: str

    def context(self, key_id: str) -> bytes:
        """The authenticated data. The parts hold no unit separator, so they cannot run into each other."""
        return "\x1f".join((VERSION, key_id, str(self.org_id), self.table, self.column, self.row)).encode()


@dataclass(frozen=True)
class Sealed:
    """A ciphertext and what stands beside it in its row."""

    text: str
    commitment: str
    key_id: str
    version: str = VERSION


class SealingKey:
    """32 secret bytes as an encryption key, a commitment key and a public id, all derived for one purpose."""

    def __init__(self, secret: bytes, *, purpose: str) -> None:
        if len(secret) != KEY_BYTES:
            raise ValueError(f"a key has {KEY_BYTES} bytes, not {len(secret)}")
        self._secret = secret
        self._purpose = purpose
        self._cipher = AESGCM(self._derive("encrypt", KEY_BYTES))
        self._commitment_key = self._derive("commit", KEY_BYTES)
        self.id = self._derive("id", 8).hex()

    def __repr__(self) -> str:
        return f"<SealingKey {self.id}>"

    @property
    def check_value(self) -> str:
        """Tells whether another process has the same key, without telling the key."""
        return self._derive("check", KEY_BYTES).hex()

    def seal(self, plain: bytes, place: Place) -> Sealed:
        """Encrypt for one place. Each call takes a fresh random nonce."""
        context = place.context(self.id)
        iv, body, tag = self._encrypt(plain, context)
        commitment = self._commitment(iv, context).hex()
        return Sealed(text=f"{iv.hex()}:{tag.hex()}:{body.hex()}", commitment=commitment, key_id=self.id)

    def open(self, sealed: Sealed, place: Place) -> bytes:
        """Decrypt what was sealed for this place with this key.

        Raises:
            SealBroken: empty, truncated, of another key, or changed in any bit.
        """
        if not sealed.text:
            raise SealBroken(Damage.EMPTY)
        if not _FORM.fullmatch(sealed.text) or not _COMMITMENT_FORM.fullmatch(sealed.commitment):
            raise SealBroken(Damage.TRUNCATED)
        if sealed.version != VERSION or sealed.key_id != self.id:
            raise SealBroken(Damage.WRONG_KEY)
        iv, tag, body = (bytes.fromhex(part) for part in sealed.text.split(":"))
        return self._decrypt(iv, body + tag, bytes.fromhex(sealed.commitment), place.context(self.id))

    def seal_compact(self, plain: bytes, place: Place) -> str:
        """Encrypt into one text that carries everything, a third shorter than hex: for large texts."""
        context = place.context(self.id)
        iv, body, tag = self._encrypt(plain, context)
        packed = iv + self._commitment(iv, context) + body + tag
        return f"{VERSION}:{self.id}:{base64.b64encode(packed).decode()}"

    def open_compact(self, text: str, place: Place) -> bytes:
        """Decrypt what `seal_compact` made.

        Raises:
            SealBroken: as `open`.
        """
        if not text:
            raise SealBroken(Damage.EMPTY)
        version, _, rest = text.partition(":")
        key_id, _, encoded = rest.partition(":")
        try:
            packed = base64.b64decode(encoded, validate=True)
        except ValueError as error:
            raise SealBroken(Damage.TRUNCATED) from error
        # The last character of base64 holds spare bits: a second spelling of the same bytes is refused too.
        if len(packed) < _COMPACT_HEAD + _TAG_BYTES or base64.b64encode(packed).decode() != encoded:
            raise SealBroken(Damage.TRUNCATED)
        if version != VERSION or key_id != self.id:
            raise SealBroken(Damage.WRONG_KEY)
        iv, commitment = packed[:_IV_BYTES], packed[_IV_BYTES:_COMPACT_HEAD]
        return self._decrypt(iv, packed[_COMPACT_HEAD:], commitment, place.context(self.id))

    def _encrypt(self, plain: bytes, context: bytes) -> tuple[bytes, bytes, bytes]:
        iv = os.urandom(_IV_BYTES)
        sealed = self._cipher.encrypt(iv, plain, context)
        return iv, sealed[:-_TAG_BYTES], sealed[-_TAG_BYTES:]

    def _decrypt(self, iv: bytes, sealed: bytes, commitment: bytes, context: bytes) -> bytes:
        if not hmac.compare_digest(self._commitment(iv, context), commitment):
            raise SealBroken(Damage.TAMPERED)
        try:
            return self._cipher.decrypt(iv, sealed, context)
        except InvalidTag as error:
            raise SealBroken(Damage.TAMPERED) from error

    def _commitment(self, iv: bytes, context: bytes) -> bytes:
        return hmac.digest(self._commitment_key, iv + context, "sha256")

    def _derive(self, use: str, length: int) -> bytes:
        info = f"voxanne {self._purpose} {use} {VERSION}".encode()
        return HKDF(hashes.SHA256(), length, salt=None, info=info).derive(self._secret)
