"""Files of recordings: encrypted on their way into storage, and decrypted piece by piece on their way out."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import BinaryIO, cast
from uuid import UUID

from django.core.files import File
from django.core.files.storage import Storage, storages

from calls.recordings.models import Recording
from credentials.sealed_files import SealedFile, new_file_key, seal_pieces
from credentials.sealing import seal_for_org, unseal_for_org

ALIAS = "recordings"


def write_file(recording: Recording, name: str, chunks: Iterable[bytes]) -> str:
    """Store a recording's sound under a name that is not in use; returns its sealed key, for the row.

    Nothing of the sound touches a disk unencrypted. No transaction is needed, and none should be open.

    Raises:
        OSError: it could not be stored. Whatever `chunks` raises.
        SealedTextUnreadable: the organisation's key cannot be opened.
    """
    key = new_file_key()
    key_sealed = seal_for_org(recording.org_id, purpose=_key_purpose(recording.pk), text=key.hex())
    with TemporaryFile() as spool:
        for piece in seal_pieces(chunks, key=key, context=_context(recording.pk)):
            spool.write(piece)
        spool.seek(0)
        _storage().save(name, File(spool))
    return key_sealed


@contextmanager
def open_file(recording: Recording) -> Iterator[SealedFile]:
    """A recording's file, open for reading.

    Raises:
        OSError: storage does not have it. SealedTextUnreadable: its key cannot be opened.
    """
    key = unseal_for_org(recording.org_id, purpose=_key_purpose(recording.pk), sealed=recording.key_sealed)
    with _storage().open(recording.storage_name, "rb") as file:
        yield SealedFile(
            cast("BinaryIO", file),
            key=bytes.fromhex(key),
            context=_context(recording.pk),
            size=recording.size_bytes or 0,
        )


def delete_file(name: str) -> None:
    """Remove a file, if it is there.

    Raises:
        OSError: it could not be removed.
    """
    if name:
        _storage().delete(name)


def _storage() -> Storage:
    return storages[ALIAS]


def _context(recording_id: UUID) -> str:
    return f"recordings.file {recording_id}"


def _key_purpose(recording_id: UUID) -> str:
    return f"recordings.key {recording_id}"
