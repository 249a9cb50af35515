"""What can go wrong when documents are given or changed, in sentences for whoever did it."""

from typing import Any

from voxanne.errors import BadInput, DomainError


class AlreadyThere(DomainError):
    """The same bytes were uploaded before. `document_id` and `title` say as what."""

    code = "document_already_there"
    http_status = 409

    def __init__(self, *, document_id: Any, title: str) -> None:
        super().__init__(
            f"This file is in your knowledge base already, as “{title}”.", document_id=document_id, title=title
        )

    def offers(self) -> dict[str, Any]:
        """The one that is there."""
        return {"document_id": str(self.context["document_id"]), "title": self.context["title"]}


class FileTooLarge(DomainError):
    code = "file_too_large"
    http_status = 413
    message = "A file has at most 20 MB. Split it, or leave out what callers never ask about."


class EmptyFile(BadInput):
    code = "file_empty"
    message = "This file is empty."


class UnusableFile(DomainError):
    """It is of a kind that is not read; the sentence says which it is."""

    code = "file_unusable"
    http_status = 415
    message = "We read PDF, Word (.docx), text, Markdown, HTML and CSV files. Save yours as one of these."


class UnusableText(BadInput):
    code = "text_unusable"
    message = "Write down what callers should be told: at least a few words, and at most 500,000 characters."


class UnusableAddress(BadInput):
    code = "address_unusable"
    message = "Give the whole address of one web page. It begins with https://."


class NotEditable(DomainError):
    """Only what was typed in can be typed anew."""

    code = "document_not_editable"
    http_status = 409
    message = "Only texts can be changed here. Change the file and upload it again."


class KnowledgeFull(DomainError):
    code = "knowledge_full"
    http_status = 409
    message = "A knowledge base holds at most 1,000 documents. Delete those that callers never need."


class NoOriginal(DomainError):
    code = "no_original"
    http_status = 404
    message = "There is no file to download: this document was never one, or its file is gone."
