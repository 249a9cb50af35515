"""Documents: given, renamed, switched off and on, processed again, changed, deleted."""

import re
import unicodedata
from collections.abc import Iterable
from pathlib import PurePosixPath
from uuid import UUID

from django.db import IntegrityError

from knowledge import loose_files
from knowledge.errors import (
    AlreadyThere,
    KnowledgeFull,
    NotEditable,
    UnusableAddress,
    UnusableText,
)
from knowledge.files import write_file
from knowledge.limits import MOST_DOCUMENTS, MOST_TYPED_TEXT
from knowledge.models import LONGEST_TITLE, DocumentStatus, KnowledgeDocument, Source
from knowledge.news import announce, answers_changed
from knowledge.uploads import Upload
from orgs import audit
from orgs.actors import Actor
from orgs.models import Organization
from orgs.scope import org_scope, org_tx
from orgs.tasks import enqueue_on_commit
from voxanne.clock import now
from voxanne.errors import BadInput, NotFound
from voxanne.ids import uuid7

_ADDRESS = re.compile(r"https://[^\s/?#@\\]+\.[^\s/?#@\\]+([/?#]\S*)?", re.IGNORECASE)
LONGEST_ADDRESS = 2000


def access_document(org: Organization, document_id: UUID) -> KnowledgeDocument:
    """One document of the clinic's.

    Raises:
        NotFound: none of the clinic's.
    """
    found: KnowledgeDocument | None = KnowledgeDocument.objects.for_org(org.pk).filter(pk=document_id).first()
    if found is None:
        raise NotFound("We could not find that document. It may have been deleted.")
    return found


def add_upload(*, org: Organization, upload: Upload, actor: Actor, title: str = "") -> KnowledgeDocument:
    """Keep an uploaded file and have it processed. With no transaction open.

    Raises:
        AlreadyThere: the same bytes are there. KnowledgeFull.
        OSError: it could not be stored; nothing was added.
    """
    document = KnowledgeDocument(
        pk=uuid7(),
        org=org,
        source=Source.UPLOAD,
        title=_title(title or PurePosixPath(upload.name).stem or upload.name),
        filename=upload.name,
        media_type=upload.media_type,
        size_bytes=upload.size,
        sha256=upload.sha256,
    )
    with org_scope(org):
        with org_tx():
            _refuse_known_bytes(org, upload.sha256)
            _refuse_when_full(org)
        store_original(document, upload.chunks())
        try:
            with org_tx():
                if not loose_files.keep(document.storage_name):
                    raise OSError("storing the file took too long")
                return _add(document, actor)
        except IntegrityError:  # two uploads of it at once: the other one was faster
            with org_tx():
                loose_files.let_go(document.storage_name)
            with org_tx():
                _refuse_known_bytes(org, upload.sha256)
            raise


def add_text(*, org: Organization, title: str, text: str, actor: Actor) -> KnowledgeDocument:
    """Keep what staff typed and have it processed.

    Raises:
        UnusableText, KnowledgeFull. BadInput: the title is none.
    """
    text = clean_text(text)
    document = KnowledgeDocument(
        org=org, source=Source.TEXT, title=_title(title), media_type="text/markdown", text=text
    )
    document.size_bytes = len(text.encode())
    with org_tx():
        _refuse_when_full(org)
        return _add(document, actor)


def add_page(*, org: Organization, url: str, actor: Actor, title: str = "") -> KnowledgeDocument:
    """Import one web page. It is fetched by a worker: what is wrong with it becomes the document's `error`.

    Raises:
        UnusableAddress: it is no https address at all. KnowledgeFull.
    """
    url = url.strip()
    if len(url) > LONGEST_ADDRESS or not _ADDRESS.fullmatch(url):
        raise UnusableAddress(fields={"url": [UnusableAddress.message]})
    name = title or re.sub(r"^https://(www\.)?", "", url, flags=re.IGNORECASE).split("#")[0].rstrip("/")
    document = KnowledgeDocument(org=org, source=Source.URL, title=_title(name), url=url)
    with org_tx():
        _refuse_when_full(org)
        return _add(document, actor)


def rename(*, org: Organization, document_id: UUID, title: str, actor: Actor) -> KnowledgeDocument:
    """Give a document another title.

    Raises:
        NotFound. BadInput: the title is none.
    """
    title = _title(title)
    with org_tx():
        document = _lock(org, document_id)
        if document.title != title:
            document.title = title
            _begin_anew(document)  # the title stands above every passage, and finds it
            document.save()
            audit.record(actor, "document.renamed", document)
    return document


def activate(*, org: Organization, document_id: UUID, is_active: bool, actor: Actor) -> KnowledgeDocument:
    """Have callers told what it says, or not. Acts at once; nothing is removed.

    Raises:
        NotFound.
    """
    with org_tx():
        document = _lock(org, document_id)
        if document.is_active != is_active:
            document.is_active = is_active
            document.save(update_fields=["is_active", "updated_at"])
            audit.record(actor, "document.switched_on" if is_active else "document.switched_off", document)
            announce(document)
            answers_changed(org.pk)
    return document


def reprocess(*, org: Organization, document_id: UUID, actor: Actor) -> KnowledgeDocument:
    """Read it once more, from the original; a web page is fetched anew. What it said before answers until then.

    Raises:
        NotFound.
    """
    with org_tx():
        document = _lock(org, document_id)
        if document.source == Source.URL:
            loose_files.let_go(document.storage_name)
            document.storage_name = document.key_sealed = ""
        _begin_anew(document)
        document.save()
        audit.record(actor, "document.reprocessed", document)
    return document


def edit_text(*, org: Organization, document_id: UUID, text: str, actor: Actor) -> KnowledgeDocument:
    """Exchange a typed text. Passages that stay the same keep their embedding.

    Raises:
        NotFound, NotEditable, UnusableText.
    """
    text = clean_text(text)
    with org_tx():
        document = _lock(org, document_id)
        if document.source != Source.TEXT:
            raise NotEditable
        if document.text != text:
            document.text, document.size_bytes = text, len(text.encode())
            _begin_anew(document)
            document.save()
            audit.record(actor, "document.edited", document)
    return document


def delete(*, org: Organization, document_id: UUID, actor: Actor) -> None:
    """Remove a document, its passages and its original. It cannot be undone: ask before.

    Raises:
        NotFound.
    """
    with org_tx():
        document = _lock(org, document_id)
        audit.record(actor, "document.deleted", document, chunks=document.chunk_count)
        loose_files.let_go(document.storage_name)
        announce(document)
        document.delete()
        answers_changed(org.pk)


def store_original(document: KnowledgeDocument, chunks: Iterable[bytes]) -> None:
    """Write a document's original and set `storage_name` and `key_sealed`, unsaved. With no transaction open.

    The file stays only if `loose_files.keep` is called in the transaction that saves the row.

    Raises:
        OSError, DomainError: it could not be stored, or not sealed.
    """
    name = loose_files.new_name(org_id=document.org_id, document_id=document.pk)
    document.key_sealed = write_file(org_id=document.org_id, document_id=document.pk, name=name, chunks=chunks)
    document.storage_name = name


def clean_text(text: str) -> str:
    """A typed text as it is stored: one kind of line end, no characters that cannot be shown.

    Raises:
        UnusableText.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs")).strip()
    if len(text) > MOST_TYPED_TEXT or not any(c.isalnum() for c in text):
        raise UnusableText(fields={"text": [UnusableText.message]})
    return text


def _add(document: KnowledgeDocument, actor: Actor) -> KnowledgeDocument:
    document.uploaded_by_id = actor.user_id
    document.due_at = now()
    document.save(force_insert=True)
    audit.record(actor, "document.added", document, source=document.source)
    _wake(document)
    return document


def _begin_anew(document: KnowledgeDocument) -> None:
    """Unsaved; whoever works on it now is not believed any more."""
    document.revision += 1
    document.status, document.error_code, document.error = DocumentStatus.PENDING, "", ""
    document.progress_done = document.progress_total = document.attempts = 0
    document.claim, document.claimed_until, document.due_at = None, None, now()
    _wake(document)


def _wake(document: KnowledgeDocument) -> None:
    from knowledge.tasks import process_document

    announce(document)
    enqueue_on_commit(process_document, str(document.org_id), str(document.pk))


def _lock(org: Organization, document_id: UUID) -> KnowledgeDocument:
    access_document(org, document_id)
    return KnowledgeDocument.objects.select_for_update(no_key=True, of=("self",)).get(pk=document_id)


def _refuse_known_bytes(org: Organization, sha256: str) -> None:
    known = KnowledgeDocument.objects.for_org(org.pk).filter(source=Source.UPLOAD, sha256=sha256).first()
    if known is not None:
        raise AlreadyThere(document_id=known.pk, title=known.title)


def _refuse_when_full(org: Organization) -> None:
    if KnowledgeDocument.objects.for_org(org.pk).count() >= MOST_DOCUMENTS:
        raise KnowledgeFull


def _title(words: str) -> str:
    title = " ".join("".join(c if c.isprintable() else " " for c in words).split())[:LONGEST_TITLE].rstrip()
    if not title:
        raise BadInput(fields={"title": ["Give it a title."]})
    return title
