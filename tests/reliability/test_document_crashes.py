"""Workers that die while they read a document, and two uploads of one file at the same moment."""

import os
import signal
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from knowledge import documents, loose_files
from knowledge.errors import AlreadyThere
from knowledge.models import DocumentStatus, KnowledgeChunk, KnowledgeDocument, LooseFile
from knowledge.processing import Outcome, claim_due, process
from knowledge.tests.papers import pdf_of
from knowledge.uploads import read_upload
from orgs.actors import Actor
from orgs.models import Organization
from orgs.scope import org_scope, org_tx
from voxanne.clock import now

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[2]
KILLED = 137
LINES = b"".join(b"(We open at nine and close at five, line %d.) Tj 0 -12 Td " % line for line in range(60))
PAGE = zlib.compress(b"BT /F 9 Tf 20 780 Td " + LINES + b"ET")
LONG_PDF = pdf_of(PAGE, pages=150)


def add(org: Organization, content: bytes = LONG_PDF) -> KnowledgeDocument:
    with org_scope(org):
        upload = read_upload(SimpleUploadedFile("handbook.pdf", content))
        return documents.add_upload(org=org, upload=upload, actor=Actor.system(org.pk))


def start_worker(org: Organization, document: KnowledgeDocument, *, dying_at: str = "") -> "subprocess.Popen[bytes]":
    """A worker on the tests' database."""
    address = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    own = {"VOXANNE_PROCESS": "worker", "DATABASE_URL": address, "LOG_LEVEL": "ERROR", "FAILPOINT": dying_at}
    return subprocess.Popen(
        [sys.executable, "-m", "tests.reliability.document_reading", str(org.pk), str(document.pk)],
        cwd=ROOT,
        env={**os.environ, **own},
    )


def now_of(org: Organization, document: KnowledgeDocument) -> KnowledgeDocument:
    with org_scope(org), org_tx():
        return KnowledgeDocument.objects.get(pk=document.pk)


def wait_for_progress(org: Organization, document: KnowledgeDocument) -> None:
    ends = time.monotonic() + 60
    while not now_of(org, document).progress_done:
        assert time.monotonic() < ends, "nothing was read in a minute"
        time.sleep(0.05)


def finish(org: Organization, document: KnowledgeDocument) -> KnowledgeDocument:
    """The claim runs out, and the sweep finds it."""
    assert process(org=org, document_id=document.pk) == Outcome.BUSY
    with org_scope(org), org_tx():
        past = now() - timedelta(seconds=1)
        KnowledgeDocument.objects.update(claimed_until=past, due_at=past)
    assert claim_due() == [(org.pk, document.pk)]
    assert process(org=org, document_id=document.pk) == Outcome.READ
    return now_of(org, document)


def test_a_worker_that_is_killed_in_the_middle_loses_nothing(north: Organization) -> None:
    document = add(north)
    worker = start_worker(north, document)
    wait_for_progress(north, document)
    readers = psutil.Process(worker.pid).children()
    worker.send_signal(signal.SIGKILL)
    worker.wait()

    assert now_of(north, document).status == DocumentStatus.EXTRACTING
    psutil.wait_procs(readers, timeout=10)
    assert readers
    assert not any(reader.is_running() for reader in readers)
    read = finish(north, document)
    assert (read.status, read.page_count, read.attempts) == (DocumentStatus.READY, 150, 0)


def test_a_death_between_reading_and_storing_leaves_each_passage_once(
    north: Organization, working_for: Callable
) -> None:
    document = add(north, pdf_of(PAGE, pages=2))
    assert start_worker(north, document, dying_at="document.read").wait(timeout=60) == KILLED

    read = finish(north, document)

    with working_for(north):
        assert KnowledgeChunk.objects.count() == read.chunk_count > 0


def test_two_uploads_of_one_file_at_once_are_one(north: Organization, working_for: Callable) -> None:
    met, outcomes = threading.Barrier(2), []

    def upload() -> None:
        try:
            with org_scope(north), org_tx():
                KnowledgeDocument.objects.count()  # a connection of its own
            met.wait(timeout=20)
            outcomes.append(add(north).pk)
        except AlreadyThere as refused:
            outcomes.append(refused)
        finally:
            connection.close()

    threads = [threading.Thread(target=upload) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    (made,) = [outcome for outcome in outcomes if not isinstance(outcome, AlreadyThere)]
    (refused,) = [outcome for outcome in outcomes if isinstance(outcome, AlreadyThere)]
    assert refused.offers()["document_id"] == str(made)
    for org_id, file_id in loose_files.claim_due():
        with org_scope(org_id):
            loose_files.remove(org=north, file_id=file_id)
    with working_for(north):
        assert KnowledgeDocument.objects.count() == 1
        assert not LooseFile.objects.exists()
