"""Finding passages among a million: how long it takes, and how much of the exact answer is found."""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

import psycopg

from bench.clinic import Clinic
from bench.figures import Figure, at_least, at_most, median, report
from bench.knowledge_table import FULL, MODEL, QUICK, build_index, fill_table
from bench.stack import DATABASE, Stack

AIM_MS, AIM_RECALL = 200.0, 0.98
NEAREST = 5
# What callers say and what stands in every document, beside two words of one passage.
_ASKED = "How much is {} please and when can I have {} {}?"
_EXACT = """SELECT chunk_id FROM knowledge_embeddings WHERE org_id = %s AND model = %s
ORDER BY (embedding <=> %s::vector(1536)) + 0 LIMIT 5"""
_SAMPLE = """SELECT c.content, l2_normalize(e.embedding + {noise})::text FROM knowledge_chunks c
JOIN knowledge_embeddings e ON e.chunk_id = c.id WHERE c.org_id = %s ORDER BY md5(c.id::text) LIMIT %s"""
# As far from the passage as a question is: a cosine of about 0.7.
_NOISE = """(SELECT array_agg(random_normal() * 0.026) FROM generate_series(1, 1536) WHERE c.ordinal >= 0)::vector"""


@dataclass(frozen=True)
class Asked:
    """A clinic's question: words and a vector near one of its passages."""

    org: Any
    text: str
    vector: tuple[float, ...]


@dataclass(frozen=True)
class Exact:
    """The nearest passages of each question, and how long a bare statement takes to find them, in the middle."""

    nearest: list[set[UUID]]
    ms: float


def knowledge(stack: Stack, clinic: Clinic, *, quick: bool) -> Iterator[Figure]:
    """The large clinic and the small one: whole answers, and the vectors alone beside the exact order."""
    size, rounds = (QUICK, 40) if quick else (FULL, 200)
    large, small = _found("Large Clinic"), _found("Small Clinic")
    started = time.monotonic()
    fill_table(stack, size, large=large.pk, small=small.pk, like=_document(large))
    yield report("passages / clinics", size.passages, f"/ {size.clinics}")
    yield report("made in", time.monotonic() - started, "s")
    asked = {count: _questions(stack, org, rounds) for org, count in ((large, size.large), (small, size.small))}
    exact = {count: _exact(questions) for count, questions in asked.items()}
    for count, questions in asked.items():
        yield from _answers(f"{count} passages", questions, exact[count].ms)
        yield from _vectors(f"{count} passages, signs", questions, exact[count], scan_up_to=10**9)
    started = time.monotonic()
    build_index(stack)
    yield report("shared index made in", time.monotonic() - started, "s")
    for count, questions in asked.items():
        yield from _vectors(f"{count} passages, shared index", questions, exact[count], scan_up_to=0)


def _answers(name: str, asked: Sequence[Asked], exact_ms: float) -> Iterator[Figure]:
    from knowledge.retrieval import Question, find

    def whole(one: Asked) -> object:
        return find(Question(one.text, MODEL, one.vector))

    def words(one: Asked) -> object:
        return find(Question(one.text))

    taken = _times(asked, whole)
    yield report(f"{name}: an answer, p50", median(taken), "ms")
    yield at_most(f"{name}: an answer, p95", _p95(taken), AIM_MS, "ms")
    yield report(f"{name}: an answer ÷ a bare exact statement", median(taken) / exact_ms, "")
    yield report(f"{name}: words alone, p95", _p95(_times(asked, words)), "ms")


def _vectors(name: str, asked: Sequence[Asked], exact: Exact, *, scan_up_to: int) -> Iterator[Figure]:
    """The vectors alone, one way or the other. Only the way that the product takes has aims."""
    from knowledge.retrieval import Question
    from knowledge.searching import vectors as imported
    from orgs.scope import current_org_id

    vectors: Any = imported
    found: list[set[UUID]] = []

    def near(one: Asked) -> None:
        question = Question(one.text, MODEL, one.vector)
        hits = vectors.search_vectors(current_org_id(), question, switched_off=[], chunk_count=1)
        found.append({hit.chunk_id for hit in hits[:NEAREST]})

    usual = vectors.SETTINGS
    vectors.SETTINGS = replace(usual, scan_up_to=scan_up_to)
    try:
        taken = _times(asked, near)
    finally:
        vectors.SETTINGS = usual
    recall = sum(len(one & other) for one, other in zip(found[-len(asked) :], exact.nearest, strict=True)) / (
        NEAREST * len(asked)
    )
    is_ours = scan_up_to > 0
    yield at_least(f"{name}: recall@5", recall, AIM_RECALL) if is_ours else report(f"{name}: recall@5", recall, "")
    yield report(f"{name}: p50 / ÷ bare", median(taken), f"ms / {median(taken) / exact.ms:.2f}")
    yield report(f"{name}: p95", _p95(taken), "ms")


def _exact(asked: Sequence[Asked]) -> Exact:
    """The nearest of each question by a bare statement, and how long that takes in the middle."""
    from django.db import connection

    nearest: list[set[UUID]] = []

    def ask(one: Asked) -> None:
        with connection.cursor() as cursor:
            cursor.execute(_EXACT, [one.org.pk, MODEL, str(list(one.vector))])
            nearest.append({row[0] for row in cursor.fetchall()})

    taken = _times(asked, ask)
    return Exact(nearest[-len(asked) :], median(taken))


def _times(asked: Sequence[Asked], ask: Callable[[Asked], object]) -> list[float]:
    """Milliseconds of each, after one that does not count, each in a transaction of its tenant."""
    from orgs.scope import org_scope, org_tx

    taken = []
    for one in (asked[0], *asked):
        started = time.perf_counter()
        with org_scope(one.org), org_tx():
            ask(one)
        taken.append((time.perf_counter() - started) * 1000)
    return taken[1:]


def _p95(taken: Sequence[float]) -> float:
    return sorted(taken)[int(len(taken) * 0.95)]


def _questions(stack: Stack, org: Any, count: int) -> list[Asked]:
    draw = random.Random(7)  # noqa: S311 - the same questions in every run
    with psycopg.connect(stack.superuser_url, dbname=DATABASE, autocommit=True) as connection:
        rows = connection.execute(_SAMPLE.format(noise=_NOISE).encode(), [org.pk, count]).fetchall()
    return [
        Asked(
            org,
            _ASKED.format(*draw.sample(sorted(set(content.split())), 3)),
            tuple(map(float, vector[1:-1].split(","))),
        )
        for content, vector in rows
    ]


def _found(name: str) -> Any:
    from knowledge.models import KnowledgeIndex
    from orgs.models import User
    from orgs.scope import org_scope, org_tx
    from orgs.services import NewOrganization, create_organization

    owner = User.objects.create_user(email=f"{uuid4().hex}@bench.example", password=uuid4().hex, full_name="Bea Bench")
    org = create_organization(new=NewOrganization(name=name), owner=owner)
    with org_scope(org), org_tx():
        KnowledgeIndex.objects.create(active_model=MODEL, wanted_model=MODEL)
    return org


def _document(org: Any) -> Any:
    from knowledge.models import DocumentStatus, KnowledgeDocument, Source
    from orgs.scope import org_scope, org_tx

    with org_scope(org), org_tx():
        return KnowledgeDocument.objects.create(title="Guide", source=Source.TEXT, status=DocumentStatus.READY)
