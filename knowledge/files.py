"""Originals of documents: encrypted on their way into storage, and decrypted piece by piece on their way out."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import BinaryIO, cast
from uuid import UUID

from django.core.files import File
from django.core.files.storage import Storage, storages

from credentials.sealed_files import SealedFile, new_file_key, seal_pieces
from credentials.sealing import seal_for_org, unseal_for_org
from knowledge.models import KnowledgeDocument

ALIAS = "documents"


def write_file(*, org_id: UUID, document_id: UUID, name: str, chunks: Iterable[bytes]) -> str:
    """Store an original under a name that is not in use; returns its sealed key, for the document's row.

    No transaction is needed, and none should be open.

    Raises:
        OSError: it could not be stored. Whatever `chunks` raises.
        SealedTextUnreadable: the organisation's key cannot be opened.
    """
    key = new_file_key()
    key_sealed = seal_for_org(org_id, purpose=_key_purpose(document_id), text=key.hex())
    with TemporaryFile() as spool:
        for piece in seal_pieces(chunks, key=key, context=_context(document_id)):
            spool.write(piece)
        spool.seek(0)
        _storage().save(name, File(spool))
    return key_sealed


@contextmanager
def open_file(document: KnowledgeDocument) -> Iterator[SealedFile]:
    """A document's original, open for reading.

    Raises:
        OSError: storage does not have it. SealedTextUnreadable: its key cannot be opened.
    """
    key = unseal_for_org(document.org_id, purpose=_key_purpose(document.pk), sealed=document.key_sealed)
    with _storage().open(document.storage_name, "rb") as file:
        yield SealedFile(
            cast("BinaryIO", file),
            key=bytes.fromhex(key),
            context=_context(document.pk),
            size=document.size_bytes,
        )


def read_file(document: KnowledgeDocument) -> bytes:
    """The whole original.

    Raises:
        OSError, SealedTextUnreadable: as `open_file`.
    """
    with open_file(document) as file:
        return b"".join(file.read_range(0, document.size_bytes))


def delete_file(name: str) -> None:
    """Remove a file, if it is there.

    Raises:
        OSError: it could not be removed.
    """
    _storage().delete(name)


def _storage() -> Storage:
    return storages[ALIAS]


def _context(document_id: UUID) -> str:
    return f"knowledge.file {document_id}"


def _key_purpose(document_id: UUID) -> str:
    return f"knowledge.key {document_id}"
