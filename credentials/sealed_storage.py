"""Where an organisation's large files are kept: sealed on their way into storage, and opened piece by piece.

Apps say which kind of file is theirs; how a file is sealed stands in `credentials.sealed_files`.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import BinaryIO, cast
from uuid import UUID

from django.core.files import File
from django.core.files.storage import Storage, storages

from credentials.sealed_files import SealedFile, new_file_key, seal_pieces
from credentials.sealing import seal_for_org, unseal_for_org


@dataclass(frozen=True)
class SealedStorage:
    """Files of one kind.

    Attributes:
        alias: of the storage in Django's settings.
        kind: bound into every file and its key, so that neither opens as another kind's. It never changes.
    """

    alias: str
    kind: str

    def write(self, *, org_id: UUID, file_id: UUID, name: str, chunks: Iterable[bytes]) -> str:
        """Store a file under a name that is not in use; returns its sealed key, for the file's row.

        Nothing of the content touches a disk unencrypted. No transaction is needed, and none should be open.

        Raises:
            OSError: it could not be stored. Whatever `chunks` raises.
            SealedTextUnreadable: the organisation's key cannot be opened.
        """
        key = new_file_key()
        key_sealed = seal_for_org(org_id, purpose=self._key_purpose(file_id), text=key.hex())
        with TemporaryFile() as spool:
            for piece in seal_pieces(chunks, key=key, context=self._context(file_id)):
                spool.write(piece)
            spool.seek(0)
            self._storage().save(name, File(spool))
        return key_sealed

    @contextmanager
    def open(self, *, org_id: UUID, file_id: UUID, name: str, key_sealed: str, size: int) -> Iterator[SealedFile]:
        """A file, open for reading.

        Args:
            size: of the content, in bytes.

        Raises:
            OSError: storage does not have it. SealedTextUnreadable: its key cannot be opened.
        """
        key = unseal_for_org(org_id, purpose=self._key_purpose(file_id), sealed=key_sealed)
        with self._storage().open(name, "rb") as file:
            yield SealedFile(cast("BinaryIO", file), key=bytes.fromhex(key), context=self._context(file_id), size=size)

    def delete(self, name: str) -> None:
        """Remove a file, if it is there.

        Raises:
            OSError: it could not be removed.
        """
        if name:
            self._storage().delete(name)

    def _storage(self) -> Storage:
        return storages[self.alias]

    def _context(self, file_id: UUID) -> str:
        return f"{self.kind}.file {file_id}"

    def _key_purpose(self, file_id: UUID) -> str:
        return f"{self.kind}.key {file_id}"
