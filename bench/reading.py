"""Reading a document of five hundred pages: how long until it answers callers, and how much memory it takes."""

import os
import random
import threading
import time
from collections.abc import Iterator
from typing import Self

import psutil

from bench.clinic import Clinic
from bench.figures import Figure, at_most, exactly, report
from bench.stack import Stack

PAGES, QUICK_PAGES = 500, 50
AIM_S, AIM_MB = 60.0, 500.0
_TALK = (
    "the clinic asks patients to arrive ten minutes before their visit so that forms can be filled in and pays back "
    "what was paid when it cancels a treatment costs from and takes about with a follow up visit after two weeks"
)


def reading(stack: Stack, clinic: Clinic, *, quick: bool) -> Iterator[Figure]:
    """A handbook with headings, prose and prices on each page: read, cut and stored; words alone find it."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from knowledge import documents
    from knowledge.models import KnowledgeDocument
    from knowledge.processing import process
    from knowledge.uploads import read_upload
    from orgs.actors import Actor
    from orgs.models import Organization
    from orgs.scope import org_scope, org_tx

    pages = QUICK_PAGES if quick else PAGES
    content = _handbook(pages)
    with org_scope(clinic.org_id):
        with org_tx():
            org = Organization.objects.get()
        upload = read_upload(SimpleUploadedFile("handbook.pdf", content))
        document = documents.add_upload(org=org, upload=upload, actor=Actor.system(org.pk))
        with _Memory() as memory:
            started = time.monotonic()
            outcome = process(org=org, document_id=document.pk)
            taken_s = time.monotonic() - started
        with org_tx():
            read = KnowledgeDocument.objects.get(pk=document.pk)
    yield exactly(f"{pages} pages of {len(content) // 1024} kB", outcome.value, "read")
    yield at_most("until callers are answered from it", taken_s, AIM_S, "s", note=f"{read.chunk_count} passages")
    yield report("pages a second", pages / taken_s, "")
    yield at_most("memory of the process that reads", memory.of_children_mb, AIM_MB, "MB", note="highest seen")
    yield report("memory of the worker, more than before", memory.of_worker_mb, "MB", note="highest seen")


class _Memory:
    """The most memory that this process and its children hold while the block runs."""

    def __init__(self) -> None:
        self.of_children_mb = self.of_worker_mb = 0.0
        self._process = psutil.Process(os.getpid())
        self._before = self._process.memory_info().rss
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._is_over.wait(0.01):
            own = self._process.memory_info().rss - self._before
            children = 0
            for child in self._process.children():
                try:
                    children += child.memory_info().rss
                except psutil.NoSuchProcess:
                    continue
            self.of_worker_mb = max(self.of_worker_mb, own / 1024**2)
            self.of_children_mb = max(self.of_children_mb, children / 1024**2)


def _handbook(pages: int) -> bytes:
    from fpdf import FPDF

    chance = random.Random(20261120)  # noqa: S311 - sentences, not secrets
    words_known, pdf = _TALK.split(), FPDF()
    for page in range(pages):
        pdf.add_page()
        pdf.set_font("helvetica", "B", 14)
        pdf.cell(0, 10, f"Chapter {page + 1}", new_x="LMARGIN", new_y="NEXT")
        pdf.set_font("helvetica", size=10)
        for part in range(5):
            words = " ".join(chance.choices(words_known, k=75))
            pdf.multi_cell(0, 5, f"{words} {page}.{part}.", new_x="LMARGIN", new_y="NEXT")
            pdf.ln(3)
        for row in range(8):
            pdf.cell(90, 6, f"Treatment {page}.{row} with {chance.choice(words_known)}")
            pdf.cell(40, 6, f"£{chance.randint(40, 900)}")
            pdf.cell(0, 6, f"{chance.randint(2, 9)}0 minutes", new_x="LMARGIN", new_y="NEXT")
    return bytes(pdf.output())
