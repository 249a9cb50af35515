"""What a browser may send as files: bounded while it comes in, so that nobody fills memory or a disk."""

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopUpload
from django.http import HttpRequest

# The largest file that any page takes, and the largest form; a little room for the form's other fields.
MOST_FILE_BYTES = 20 * 1024 * 1024
MOST_FORM_BYTES = 100 * 1024 * 1024
_CUT_OFF = "upload_was_cut_off"


class BoundedUpload(FileUploadHandler):
    """First of the upload handlers: lets files pass, leaves out one that is too large, ends a form that is."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self._in_file = self._in_form = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        self._in_file = 0
        super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self._in_file += len(raw_data)
        self._in_form += len(raw_data)
        if self._in_form > MOST_FORM_BYTES:
            self._note()
            raise StopUpload(connection_reset=True)
        if self._in_file > MOST_FILE_BYTES:
            self._note()
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The handlers behind this one keep the file."""

    def _note(self) -> None:
        if self.request is not None:
            setattr(self.request, _CUT_OFF, True)


def was_cut_off(request: HttpRequest) -> bool:
    """Whether a file of this request was too large to come in."""
    return bool(getattr(request, _CUT_OFF, False))
