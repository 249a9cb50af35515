"""Files as they come from a browser or an integrator: measured, hashed and looked at before anything is kept."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest

from knowledge.errors import EmptyFile, FileTooLarge, UnusableFile
from knowledge.extraction.kinds import HEAD_BYTES, recognise
from knowledge.limits import MOST_BYTES
from voxanne.uploads import was_cut_off

_LONGEST_NAME = 255
NAMELESS = "document"


@dataclass(frozen=True)
class Upload:
    """A file that may be kept. `sha256` in hex; `media_type` by its first bytes, more exactly once it is read."""

    name: str
    size: int
    sha256: str
    media_type: str
    file: UploadedFile

    def chunks(self) -> Iterator[bytes]:
        """Its content, from the beginning, as often as it is asked for."""
        self.file.seek(0)
        yield from self.file.chunks()


def read_upload(file: UploadedFile) -> Upload:
    """Look an uploaded file through, once.

    Raises:
        EmptyFile, FileTooLarge. UnusableFile: it is a picture, a program, … and not a document.
    """
    digest, size, head = hashlib.sha256(), 0, b""
    file.seek(0)
    for chunk in file.chunks():
        size += len(chunk)
        if size > MOST_BYTES:
            raise FileTooLarge
        head = head if len(head) >= HEAD_BYTES else (head + chunk)[:HEAD_BYTES]
        digest.update(chunk)
    if not size:
        raise EmptyFile
    kind = recognise(head)
    if kind is None:
        raise UnusableFile
    return Upload(
        name=_clean_name(file.name or ""), size=size, sha256=digest.hexdigest(), media_type=kind.value, file=file
    )


def access_upload(request: HttpRequest, field: str) -> UploadedFile:
    """The file of a request's form.

    Raises:
        FileTooLarge: it was cut off on its way in. EmptyFile: there is none.
    """
    file = request.FILES.get(field)
    if file is not None:
        return file
    raise FileTooLarge if was_cut_off(request) else EmptyFile("Choose a file.")


def _clean_name(name: str) -> str:
    """Without folders, and without what cannot be shown; short enough, its ending kept."""
    shown = "".join(c if c.isprintable() else " " for c in name.replace("\\", "/").rpartition("/")[2]).strip()
    if len(shown) > _LONGEST_NAME:
        ending = PurePosixPath(shown).suffix[:20]
        shown = shown[: _LONGEST_NAME - len(ending)] + ending
    return shown or NAMELESS
