"""Large files of an organisation's (recordings, documents), encrypted in pieces that can be read in any order.

Each file has a key of its own, used for one writing and never again. The file is a run of pieces: 64 KiB of content and
a 16-byte tag, AES-256-GCM, numbered from 0. A piece opens only in its own place of its own file, and the last piece
says that it is the last: pieces that were changed, moved, cut off or added do not open. The key itself is kept sealed
with the organisation's data key (`credentials.sealing`), so that shredding that one makes noise of every file.
"""

import os
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from credentials.errors import Damage, SealedTextUnreadable

KEY_BYTES = 32
PIECE_BYTES = 64 * 1024
TAG_BYTES = 16


def new_file_key() -> bytes:
    """A key for one file."""
    return os.urandom(KEY_BYTES)


def sealed_size(size: int) -> int:
    """How many bytes a file of `size` bytes takes once it is sealed."""
    return size + TAG_BYTES * _count_pieces(size)


def seal_pieces(chunks: Iterable[bytes], *, key: bytes, context: str) -> Iterator[bytes]:
    """Encrypt a file as it comes, whatever the size of its chunks; holds one piece in memory.

    Args:
        key: from `new_file_key`, for this file alone.
        context: what the file is ("recordings.file <id>"): it opens as nothing else.
    """
    cipher, number, waiting = AESGCM(key), 0, bytearray()
    for chunk in chunks:
        waiting += chunk
        while len(waiting) > PIECE_BYTES:
            piece, waiting = bytes(waiting[:PIECE_BYTES]), waiting[PIECE_BYTES:]
            yield cipher.encrypt(_nonce(number), piece, _bound(context, number, is_last=False))
            number += 1
    yield cipher.encrypt(_nonce(number), bytes(waiting), _bound(context, number, is_last=True))


class SealedFile:
    """A sealed file that is open for reading.

    Args:
        size: of the content, in bytes.
    """

    def __init__(self, file: BinaryIO, *, key: bytes, context: str, size: int) -> None:
        self._file = file
        self._cipher = AESGCM(key)
        self._context = context
        self._size = size
        self._pieces = _count_pieces(size)

    def read_range(self, start: int, stop: int) -> Iterator[bytes]:
        """The content from byte `start` up to but not including `stop`, piece by piece.

        Raises:
            SealedTextUnreadable: a piece was changed, moved or is missing. Nothing of that piece was given out.
        """
        first, last = start // PIECE_BYTES, max(start, stop - 1) // PIECE_BYTES
        for number in range(first, last + 1):
            begin = number * PIECE_BYTES
            yield self._open(number)[max(0, start - begin) : stop - begin]

    def _open(self, number: int) -> bytes:
        self._file.seek(number * (PIECE_BYTES + TAG_BYTES))
        length = min(PIECE_BYTES, self._size - number * PIECE_BYTES) + TAG_BYTES
        sealed = self._file.read(length)
        if len(sealed) < length:
            raise SealedTextUnreadable(Damage.TRUNCATED)
        is_last = number == self._pieces - 1
        try:
            return self._cipher.decrypt(_nonce(number), sealed, _bound(self._context, number, is_last=is_last))
        except InvalidTag as error:
            raise SealedTextUnreadable(Damage.TAMPERED) from error


def _count_pieces(size: int) -> int:
    """At least one: an empty file is an empty last piece."""
    return max(1, -(-size // PIECE_BYTES))


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")


def _bound(context: str, number: int, *, is_last: bool) -> bytes:
    return f"{context}\x1f{number}\x1f{'last' if is_last else 'more'}".encode()
