"""Files of recordings, sealed (`credentials.sealed_storage`)."""

from collections.abc import Iterable
from contextlib import AbstractContextManager

from calls.recordings.models import Recording
from credentials.sealed_files import SealedFile
from credentials.sealed_storage import SealedStorage

FILES = SealedStorage(alias="recordings", kind="recordings")


def write_file(recording: Recording, name: str, chunks: Iterable[bytes]) -> str:
    """Store a recording's sound; its sealed key, for the row. Raises as `SealedStorage.write`."""
    return FILES.write(org_id=recording.org_id, file_id=recording.pk, name=name, chunks=chunks)


def open_file(recording: Recording) -> AbstractContextManager[SealedFile]:
    """A recording's file, open for reading. Raises as `SealedStorage.open`."""
    return FILES.open(
        org_id=recording.org_id,
        file_id=recording.pk,
        name=recording.storage_name,
        key_sealed=recording.key_sealed,
        size=recording.size_bytes or 0,
    )


def delete_file(name: str) -> None:
    """Remove a file, if it is there. Raises OSError."""
    FILES.delete(name)
