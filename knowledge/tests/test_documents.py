"""Documents given, changed and deleted, through the services; what a worker makes of them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from knowledge import documents, loose_files
from knowledge.errors import AlreadyThere, EmptyFile, FileTooLarge, NotEditable, UnusableFile, UnusableText
from knowledge.files import read_file
from knowledge.limits import MOST_BYTES
from knowledge.models import DocumentStatus, KnowledgeChunk, KnowledgeDocument, LooseFile, Source
from knowledge.processing import Outcome, _claim, _read, process
from knowledge.storing import store_passages
from knowledge.tests.papers import markdown_file, price_list_pdf
from knowledge.uploads import read_upload
from orgs.actors import Actor
from orgs.models import AuditEntry
from orgs.scope import org_scope
from voxanne.errors import BadInput, NotFound
from voxanne.ids import uuid7


@pytest.fixture(autouse=True)
def _at_north(north):
    with org_scope(north):
        yield


@pytest.fixture
def actor(north) -> Actor:
    return Actor.system(north.pk)


@pytest.fixture
def upload(north, actor) -> Callable[..., KnowledgeDocument]:
    """`upload("prices.md", b"…")` keeps a file."""

    def keep(name: str, content: bytes) -> KnowledgeDocument:
        file = read_upload(SimpleUploadedFile(name, content))
        return documents.add_upload(org=north, upload=file, actor=actor)

    return keep


def reread(org, document, working_for) -> KnowledgeDocument:
    with working_for(org):
        return KnowledgeDocument.objects.get(pk=document.pk)


def test_an_upload_is_kept_encrypted_read_and_answers(north, upload, working_for, settings):
    document = upload("Fees 2026.pdf", price_list_pdf())
    stored = Path(settings.DOCUMENTS_DIR, document.storage_name)

    assert process(org=north, document_id=document.pk) == Outcome.READ
    assert process(org=north, document_id=document.pk) == Outcome.BUSY  # a second wake-up finds nothing to do

    ready = reread(north, document, working_for)
    assert b"%PDF" not in stored.read_bytes()
    assert (ready.title, ready.status, ready.page_count) == ("Fees 2026", DocumentStatus.READY, 1)
    assert (ready.media_type, ready.due_at, ready.claim, ready.error) == ("application/pdf", None, None, "")
    assert read_file(ready) == price_list_pdf()
    with working_for(north):
        assert "Hygienist | £72 | 30 minutes" in "\n".join(ready.chunks.values_list("content", flat=True))
        assert not LooseFile.objects.exists()
        assert AuditEntry.objects.filter(action="document.added", object_id=str(document.pk)).exists()


def test_the_same_bytes_are_recognised_whatever_their_name(north, upload, working_for):
    first = upload("prices.md", markdown_file())

    with pytest.raises(AlreadyThere) as refused:
        upload("other name.txt", markdown_file())

    assert refused.value.offers() == {"document_id": str(first.pk), "title": "prices"}
    assert "“prices”" in refused.value.message
    with working_for(north):
        assert KnowledgeDocument.objects.count() == 1
        assert not LooseFile.objects.exists()


def test_what_cannot_be_a_document_is_refused_with_a_sentence(upload):
    for name, content, refusal in (
        ("nothing.txt", b"", EmptyFile),
        ("large.txt", b"a" * (MOST_BYTES + 1), FileTooLarge),
        ("picture.pdf", b"\x89PNG\r\n\x1a\n" + b"\0" * 50, UnusableFile),
        ("program.docx", b"MZ\x90\0" + b"\0" * 50, UnusableFile),
    ):
        with pytest.raises(refusal) as refused:
            upload(name, content)
        assert refused.value.message.endswith("."), name


def test_a_text_is_edited_in_place_and_keeps_what_stays(north, actor, working_for):
    parts = [f"## Part {n}\n\n" + "".join(f"Sentence {n}.{k} about us. " for k in range(60)) for n in range(4)]
    document = documents.add_text(org=north, title="House rules", text="\n\n".join(parts), actor=actor)
    process(org=north, document_id=document.pk)
    with working_for(north):
        before = dict(KnowledgeChunk.objects.values_list("content", "pk"))

    parts.insert(0, "## New\n\n" + "".join(f"Something new, number {k}. " for k in range(60)))
    documents.edit_text(org=north, document_id=document.pk, text="\n\n".join(parts), actor=actor)
    assert reread(north, document, working_for).status == DocumentStatus.PENDING
    process(org=north, document_id=document.pk)

    with working_for(north):
        after = {c.content: c for c in KnowledgeChunk.objects.order_by("ordinal")}
    kept = [content for content in before if content in after]
    assert kept
    assert all(after[content].pk == before[content] for content in kept)
    assert [chunk.ordinal for chunk in after.values()] == list(range(len(after)))
    assert "Something new" in next(iter(after))


def test_a_worker_with_an_older_text_is_not_believed(north, actor, working_for):
    document = documents.add_text(org=north, title="Hours", text="We open at nine every day.", actor=actor)
    held = _claim(document.pk)
    extracted, drafts = _read(held)
    documents.edit_text(org=north, document_id=document.pk, text="We open at ten every day.", actor=actor)
    assert store_passages(held, drafts, extracted) is False

    assert process(org=north, document_id=document.pk) == Outcome.READ
    with working_for(north):
        assert "ten" in KnowledgeChunk.objects.get().content


def test_a_deleted_document_leaves_nothing_behind(north, upload, actor, working_for):
    document = upload("prices.md", markdown_file())
    process(org=north, document_id=document.pk)

    documents.delete(org=north, document_id=document.pk, actor=actor)
    with working_for(north):
        assert not KnowledgeDocument.objects.exists()
        assert not KnowledgeChunk.objects.exists()
        loose = LooseFile.objects.get()
        assert loose.storage_name == document.storage_name
    assert (north.pk, loose.pk) in loose_files.claim_due()
    assert loose_files.remove(org=north, file_id=loose.pk) is True
    assert loose_files.remove(org=north, file_id=loose.pk) is False
    with pytest.raises(FileNotFoundError):
        read_file(document)


def test_a_file_that_nobody_came_to_name_is_swept(north, working_for):
    with working_for(north):
        stranded = KnowledgeDocument(org=north, source=Source.UPLOAD, title="Stranded", size_bytes=3)
    documents.store_original(stranded, [b"abc"])
    assert read_file(stranded) == b"abc"
    assert loose_files.claim_due() == []  # its upload may still be at it
    with working_for(north):
        LooseFile.objects.update(due_at="2026-01-01T00:00Z")
        assert loose_files.keep(stranded.storage_name) is False
    ((_, file_id),) = loose_files.claim_due()
    assert loose_files.remove(org=north, file_id=file_id) is True
    with pytest.raises(FileNotFoundError):
        read_file(stranded)


def test_small_changes(north, actor, upload, working_for):
    document = upload("prices.md", markdown_file())
    process(org=north, document_id=document.pk)

    assert documents.activate(org=north, document_id=document.pk, is_active=False, actor=actor).is_active is False
    renamed = documents.rename(org=north, document_id=document.pk, title="  Our   fees ", actor=actor)
    assert (renamed.title, renamed.status) == ("Our fees", DocumentStatus.PENDING)
    process(org=north, document_id=document.pk)
    with working_for(north):
        assert KnowledgeChunk.objects.first().headings[0] == "Our fees"
    again = documents.reprocess(org=north, document_id=document.pk, actor=actor)
    assert (again.status, again.revision) == (DocumentStatus.PENDING, 3)

    with pytest.raises(NotEditable):
        documents.edit_text(org=north, document_id=document.pk, text="Something else.", actor=actor)
    with pytest.raises(BadInput):
        documents.rename(org=north, document_id=document.pk, title=" \n ", actor=actor)
    for unusable in ("", "  \n ", "…!", "a" * 500_001):
        with pytest.raises(UnusableText):
            documents.add_text(org=north, title="Text", text=unusable, actor=actor)
    with pytest.raises(NotFound), working_for(north):
        documents.access_document(north, uuid7())
