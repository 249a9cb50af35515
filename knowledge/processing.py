"""Having documents read: claim in one short transaction, read with none open, write down in a second."""

from datetime import timedelta
from enum import StrEnum
from uuid import UUID, uuid4

import structlog
from django.db.models import Q

from credentials.errors import SealedTextUnreadable
from knowledge import problems
from knowledge.chunking import chunk_blocks
from knowledge.documents import store_original
from knowledge.extraction.decoding import as_utf8
from knowledge.extraction.refusals import Unreadable
from knowledge.extraction.running import Extracted, extract
from knowledge.files import read_file
from knowledge.loose_files import keep
from knowledge.measures import DOCUMENTS
from knowledge.models import DocumentStatus, KnowledgeDocument, Source
from knowledge.news import announce
from knowledge.problems import MOST_ATTEMPTS, Problem
from knowledge.storing import store_passages
from knowledge.types import ChunkDraft
from orgs.due_rows import take_due
from orgs.models import Organization
from orgs.scope import org_scope, org_tx
from providers.webpages.client import fetch_page
from providers.webpages.errors import PageNotFetched
from voxanne.clock import now
from voxanne.errors import DomainError
from voxanne.failpoints import failpoint

log = structlog.get_logger(__name__)

SWEEP_BATCH = 50
# Longer than reading takes without a sign of progress; each sign renews it.
LEASE = timedelta(seconds=180)
_PAUSES = tuple(timedelta(seconds=seconds) for seconds in (15, 60, 300))
_BY_CODE = {problem.code: problem for problem in vars(problems).values() if isinstance(problem, Problem)}
UNREAD = (DocumentStatus.PENDING, DocumentStatus.EXTRACTING)


class Outcome(StrEnum):
    """What became of one look."""

    READ = "read"
    AGAIN = "again"
    FAILED = "failed"
    BUSY = "busy"


class _Stopped(Exception):
    """This try came to nothing; why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


def process(*, org: Organization, document_id: UUID | str) -> Outcome:
    """Read one document and write its passages. Safe to run twice, at once, or after a crash at any point.

    With no transaction open. Never raises for what is wrong with the document: its row says it.
    """
    with org_scope(org):
        held = _claim(UUID(str(document_id)))
        if held is None:
            return Outcome.BUSY
        failpoint("document.claimed")
        try:
            extracted, drafts = _read(held)
        except _Stopped as stopped:
            return _record_failed(held, stopped.problem)
        failpoint("document.read")
        is_stored = store_passages(held, drafts, extracted)
    outcome = Outcome.READ if is_stored else Outcome.BUSY
    DOCUMENTS.labels(outcome.value).inc()
    return outcome


def claim_due() -> list[tuple[UUID, UUID]]:
    """The documents to read now, by organisation; their next look moved on."""
    return take_due(KnowledgeDocument, again_in=LEASE, limit=SWEEP_BATCH, has_claims=True)


def _claim(document_id: UUID) -> KnowledgeDocument | None:
    """The sole right to work on it for a while."""
    moment = now()
    free = Q(claimed_until__isnull=True) | Q(claimed_until__lte=moment)
    with org_tx():
        rows = KnowledgeDocument.objects.select_for_update(no_key=True, of=("self",))
        held: KnowledgeDocument | None = rows.filter(free, pk=document_id, status__in=UNREAD).first()
        if held is None:
            return None
        held.claim, held.claimed_until, held.due_at = uuid4(), moment + LEASE, moment + LEASE
        held.attempts, held.status = held.attempts + 1, DocumentStatus.EXTRACTING
        held.progress_done = held.progress_total = 0
        held.save()
        announce(held)
    return held


def _read(held: KnowledgeDocument) -> tuple[Extracted, list[ChunkDraft]]:
    """Its passages.

    Raises:
        _Stopped: there are none this time.
    """
    if held.attempts > MOST_ATTEMPTS:  # each try killed its worker
        raise _Stopped(problems.INTERRUPTED)
    content = _content(held)
    try:
        extracted = extract(content, progress=lambda done, total: _show_progress(held, done, total))
    except Unreadable as refused:
        raise _Stopped(_BY_CODE[refused.code]) from refused
    _show_progress(held, extracted.page_count or 0, extracted.page_count or 0)
    drafts = chunk_blocks(extracted.blocks, title=held.title)
    if not drafts:
        raise _Stopped(problems.EMPTY)
    return extracted, drafts


def _content(held: KnowledgeDocument) -> bytes:
    if held.source == Source.TEXT:
        return held.text.encode()
    if held.source == Source.URL and not held.storage_name:
        return _fetch(held)
    try:
        return read_file(held)
    except FileNotFoundError as error:
        raise _Stopped(problems.LOST) from error
    except OSError as error:
        raise _Stopped(problems.NOT_STORED) from error
    except SealedTextUnreadable as error:
        raise _Stopped(problems.NO_KEY) from error


def _fetch(held: KnowledgeDocument) -> bytes:
    """The web page, which becomes the document's original."""
    try:
        page = fetch_page(held.url)
    except PageNotFetched as refused:
        raise _Stopped(_BY_CODE[refused.code]) from refused
    failpoint("document.fetched")
    content = as_utf8(page.content, page.charset)
    held.size_bytes = len(content)
    try:
        store_original(held, [content])
    except (OSError, DomainError) as error:
        raise _Stopped(problems.NOT_STORED) from error
    with org_tx():
        mine = KnowledgeDocument.objects.filter(pk=held.pk, claim=held.claim)
        facts = {name: getattr(held, name) for name in ("size_bytes", "storage_name", "key_sealed")}
        if not (mine.update(**facts, media_type="text/html", updated_at=now()) and keep(held.storage_name)):
            raise _Stopped(problems.NOT_STORED)
    return content


def _show_progress(held: KnowledgeDocument, done: int, total: int) -> None:
    """Say how far it is, and that somebody is still at it."""
    until = now() + LEASE
    with org_tx():
        mine = KnowledgeDocument.objects.filter(pk=held.pk, claim=held.claim)
        if mine.update(progress_done=done, progress_total=total, claimed_until=until, due_at=until):
            announce(held)


def _record_failed(held: KnowledgeDocument, problem: Problem) -> Outcome:
    """This try came to nothing; is there another?"""
    is_final = held.attempts >= problem.most_attempts
    pause = _PAUSES[min(held.attempts, len(_PAUSES)) - 1]
    with org_tx():
        rows = KnowledgeDocument.objects.select_for_update(no_key=True, of=("self",))
        row: KnowledgeDocument | None = rows.filter(pk=held.pk, claim=held.claim).first()
        if row is None:
            return Outcome.BUSY
        row.status = DocumentStatus.FAILED if is_final else DocumentStatus.PENDING
        row.error_code, row.error = problem.code, problem.sentence
        row.claim, row.claimed_until, row.due_at = None, None, None if is_final else now() + pause
        row.save()
        announce(row)
    log.warning("document.not_read", document=str(held.pk), code=problem.code, final=is_final)
    outcome = Outcome.FAILED if is_final else Outcome.AGAIN
    DOCUMENTS.labels(outcome.value).inc()
    return outcome
