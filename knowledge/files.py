"""Originals of documents, sealed (`credentials.sealed_storage`)."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from uuid import UUID

from credentials.sealed_files import SealedFile
from credentials.sealed_storage import SealedStorage
from knowledge.models import KnowledgeDocument

FILES = SealedStorage(alias="documents", kind="knowledge")


def write_file(*, org_id: UUID, document_id: UUID, name: str, chunks: Iterable[bytes]) -> str:
    """Store an original; its sealed key, for the document's row. Raises as `SealedStorage.write`."""
    return FILES.write(org_id=org_id, file_id=document_id, name=name, chunks=chunks)


def open_file(document: KnowledgeDocument) -> AbstractContextManager[SealedFile]:
    """A document's original, open for reading. Raises as `SealedStorage.open`."""
    return FILES.open(
        org_id=document.org_id,
        file_id=document.pk,
        name=document.storage_name,
        key_sealed=document.key_sealed,
        size=document.size_bytes,
    )


def read_file(document: KnowledgeDocument) -> bytes:
    """The whole original. Raises as `open_file`."""
    with open_file(document) as file:
        return b"".join(file.read_range(0, document.size_bytes))


def delete_file(name: str) -> None:
    """Remove a file, if it is there. Raises OSError."""
    FILES.delete(name)
