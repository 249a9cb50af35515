"""A thousand questions at once to one clinic's knowledge base, while its passages change models again and again."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bench.clinic import Clinic
from bench.figures import Figure, exactly, report
from bench.load import send
from bench.stack import Stack

PASSAGES, AT_ONCE = 400, 1000
_NAMES = ("amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heath", "ivory", "jasper", "karst", "larch",
          "maple", "north", "ocean", "pearl", "quartz", "river", "slate", "topaz")  # fmt: skip


def questions(stack: Stack, clinic: Clinic, *, quick: bool) -> Iterator[Figure]:
    """Every answer has to hold the passage that was asked for, whichever model is searched just then."""
    with stack.sandbox():
        org = _fill(clinic)
        with _changing_models(org) as changes:
            outcome = send(stack.web, _asked(clinic, 200 if quick else AT_ONCE), connections=200 if quick else AT_ONCE)
    yield report("questions at once, answers", len(outcome.answers), "", note=f"over {outcome.seconds:.0f} s")
    yield exactly("not answered with 200", sum(answer.status != 200 for answer in outcome.answers), 0)
    yield exactly("answers without the passage that was asked for", _wrong(org), 0)
    yield report("changes of model meanwhile", len(changes), "")
    yield report("an answer, p50", outcome.percentile(0.5), "ms")
    yield report("an answer, p95", outcome.percentile(0.95), "ms", note="all wait for one machine")


def _name(number: int) -> str:
    return f"{_NAMES[number % 20]} {_NAMES[number // 20 % 20]}ton"


def _asked(clinic: Clinic, count: int) -> Iterator[bytes]:
    return (
        clinic.tool("getKnowledgeBase", {"query": f"What does the {_name(number % PASSAGES)} treatment cost?"})
        for number in range(count)
    )


def _wrong(org: Any) -> int:
    """Stored answers that do not hold the passage that their question names."""
    from calls.models import ToolInvocation
    from orgs.scope import org_scope, org_tx

    with org_scope(org), org_tx():
        stored = ToolInvocation.objects.filter(tool_name="getKnowledgeBase").values_list("arguments", "answer")
        return sum(
            arguments["query"].split("the ")[1].split(" treatment")[0] not in str(answer)
            for arguments, answer in stored
        )


def _fill(clinic: Clinic) -> Any:
    from knowledge.embedding.wanting import follow_chunks
    from knowledge.embedding.work import embed_clinic
    from knowledge.models import KnowledgeChunk, KnowledgeDocument, Source
    from orgs.models import Organization
    from orgs.scope import org_scope, org_tx

    with org_scope(clinic.org_id), org_tx():
        org = Organization.objects.get()
        prices = KnowledgeDocument.objects.create(title="Prices", source=Source.TEXT, chunk_count=PASSAGES)
        KnowledgeChunk.objects.bulk_create(
            KnowledgeChunk(
                document=prices, ordinal=number, token_count=12, sha256=str(number), heading_path="Prices",
                content=f"The {_name(number)} treatment costs £{number + 20} and takes an hour.",
            )
            for number in range(PASSAGES)
        )  # fmt: skip
        follow_chunks(prices)
    embed_clinic(org=org)
    return org


@contextmanager
def _changing_models(org: Any) -> Iterator[list[str]]:
    """Another model and the usual one in turn while this is open; the list grows with each change."""
    changes: list[str] = []
    done = threading.Event()
    thread = threading.Thread(target=_change_until, args=(org, done, changes))
    thread.start()
    try:
        yield changes
    finally:
        done.set()
        thread.join()


def _change_until(org: Any, done: threading.Event, changes: list[str]) -> None:
    from knowledge.embedders import Embedded, Embedder, current_embedder
    from knowledge.embedding import work as imported

    usual: Any = current_embedder()

    class Reversed:
        """Points the other way: a question of the usual model would find everything but what it looks for."""

        model = "reversed"
        nano_usd_per_token = 0

        def embed_documents(self, texts: Any) -> Embedded:
            made = usual.embed_documents(texts)
            return Embedded([[-number for number in vector] for vector in made.vectors])

        def embed_query(self, text: str, *, timeout_s: float) -> list[float]:
            return [-number for number in usual.embed_query(text, timeout_s=timeout_s)]

    work: Any = imported
    embedders: tuple[Embedder, Embedder] = (Reversed(), usual)
    while not done.is_set():
        embedder = embedders[len(changes) % 2]
        work.current_embedder = lambda chosen=embedder: chosen
        if work.embed_clinic(org=org) == work.Outcome.DONE:
            changes.append(embedder.model)
    work.current_embedder = current_embedder
