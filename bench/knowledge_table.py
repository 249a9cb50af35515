"""A million passages of two hundred clinics, with words and vectors, made by the database itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg

from bench.stack import DATABASE, Stack

MODEL = "bench-model"
# Passages of one document; documents of all clinics lie in turn, as they were uploaded.
EACH = 100
DETAILS, PARAGRAPHS, WORDS = 5_000, 2_000, 4_000
# Of the large clinic, so many passages are about the same thing.
ALIKE = 20


@dataclass(frozen=True)
class Size:
    """How many passages there are in all, and of the clinics that are asked. `apart`: documents between two of each."""

    passages: int
    clinics: int
    large: int
    small: int

    @property
    def documents(self) -> int:
        return self.passages // EACH

    @property
    def topics(self) -> int:
        return self.large // ALIKE

    @property
    def apart(self) -> int:
        return self.documents * EACH // self.large


FULL = Size(passages=1_000_000, clinics=200, large=10_000, small=200)
QUICK = Size(passages=20_000, clinics=20, large=2_000, small=200)

_VECTOR = "(SELECT array_agg(random_normal()) FROM generate_series(1, 1536) WHERE n > 0)::vector(1536)"
# Vectors are a topic and a detail, so that each has near and far neighbours. Words are as unevenly common as in speech.
_PARTS = f"""
SELECT setseed(0.7);
CREATE UNLOGGED TABLE bench_topics AS SELECT n, {_VECTOR} AS v FROM generate_series(1, {{topics}}) n;
CREATE UNLOGGED TABLE bench_details AS
    SELECT n, {_VECTOR} * array_fill(0.7::real, ARRAY[1536])::vector AS v FROM generate_series(1, {DETAILS}) n;
CREATE UNLOGGED TABLE bench_words AS
    SELECT n, translate(to_hex(n * 7919 + 65536), '0123456789', 'ghijklmnop') AS w FROM generate_series(1, {WORDS}) n;
CREATE UNLOGGED TABLE bench_paragraphs AS SELECT n, string_agg(w, ' ') AS t FROM (
    SELECT p.n, words.a[1 + floor({WORDS} * random() ^ 2)::int] AS w
    FROM generate_series(1, {PARAGRAPHS}) p(n), generate_series(1, 60),
        (SELECT array_agg(w ORDER BY n) AS a FROM bench_words) words) said GROUP BY n;
ANALYZE bench_topics; ANALYZE bench_details; ANALYZE bench_paragraphs;
"""  # noqa: S608 - all of it is written here
# Of every `apart` documents the first is the large clinic's; two are the small one's; all others take turns.
_OWNER = """CASE WHEN d % {apart} = 0 THEN '{large}'::uuid
WHEN d IN (1, {documents} / 2 + 1) THEN '{small}'::uuid
ELSE ('aaaaaaaa' || lpad(to_hex(d % {others}), 24, '0'))::uuid END"""
_DOCUMENT = "('dddddddd' || lpad(to_hex({d}), 24, '0'))::uuid"
_CHUNK = "('cccccccc' || lpad(to_hex(g.i), 24, '0'))::uuid"
_ROWS = f"""
ALTER TABLE knowledge_embeddings SET UNLOGGED;
CREATE UNLOGGED TABLE bench_owners AS SELECT d, {_OWNER} AS org_id FROM generate_series(0, {{documents}} - 1) d;
INSERT INTO knowledge_documents ({{document_columns}}) SELECT {{document_values}}
    FROM knowledge_documents t, bench_owners o WHERE t.id = '{{like}}';
INSERT INTO knowledge_chunks (id, created_at, updated_at, org_id, document_id, ordinal, content, heading_path, page,
        token_count, sha256)
    SELECT {_CHUNK}, now(), now(), o.org_id, {_DOCUMENT.format(d="o.d")}, g.i % {EACH},
        CASE WHEN o.org_id IN ('{{large}}', '{{small}}') THEN p.t || ' ' || q.t || ' ' || r.t || ' ' || s.t
            ELSE p.t END, 'Guide', 1, 300, ''
    FROM generate_series(0, {{passages}} - 1) g(i) JOIN bench_owners o ON o.d = g.i / {EACH}
    JOIN bench_paragraphs p ON p.n = 1 + g.i % {PARAGRAPHS}
    JOIN bench_paragraphs q ON q.n = 1 + g.i * 7 % {PARAGRAPHS}
    JOIN bench_paragraphs r ON r.n = 1 + g.i * 13 % {PARAGRAPHS}
    JOIN bench_paragraphs s ON s.n = 1 + g.i / 31 % {PARAGRAPHS} ORDER BY g.i;
INSERT INTO knowledge_embeddings (id, created_at, updated_at, org_id, chunk_id, document_id, model, embedding)
    SELECT {_CHUNK}, now(), now(), o.org_id, {_CHUNK}, {_DOCUMENT.format(d="o.d")}, '{MODEL}', l2_normalize(t.v + u.v)
    FROM generate_series(0, {{passages}} - 1) g(i) JOIN bench_owners o ON o.d = g.i / {EACH}
    JOIN bench_topics t ON t.n = 1 + abs(hashint4(g.i)) % {{topics}}
    JOIN bench_details u ON u.n = 1 + abs(hashint4(g.i + 17)) % {DETAILS} ORDER BY g.i;
"""  # noqa: S608 - the same
_INDEX, _EMPTY = "knowledge_embeddings_hnsw_idx", "bench_vectors"


def fill_table(stack: Stack, size: Size, *, large: UUID, small: UUID, like: Any) -> None:
    """Make the rows, without the index of all clinics' vectors.

    Args:
        like: a document, as the product makes one; the others have the same in what does not matter.
    """
    columns = [field.column for field in like._meta.concrete_fields if not field.generated]
    given: Mapping[str, str] = {"id": _DOCUMENT.format(d="o.d"), "org_id": "o.org_id", "chunk_count": str(EACH)}
    said = {
        "large": large, "small": small, "like": like.pk, "passages": size.passages, "documents": size.documents,
        "apart": size.apart, "others": size.clinics - 2, "topics": size.topics,
        "document_columns": ", ".join(columns),
        "document_values": ", ".join(given.get(column, f"t.{column}") for column in columns),
    }  # fmt: skip
    with psycopg.connect(stack.superuser_url, dbname=DATABASE, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")  # keys and triggers have nothing to find out
        connection.execute("SET work_mem = '256MB'")
        connection.execute(f"ALTER INDEX {_INDEX} RENAME TO {_EMPTY}")
        connection.execute(f"CREATE UNLOGGED TABLE bench_index AS SELECT pg_get_indexdef('{_EMPTY}'::regclass) AS made")
        connection.execute(f"DROP INDEX {_EMPTY}")
        connection.execute(_PARTS.format(topics=size.topics).encode())
        connection.execute(_ROWS.format(**said).encode())
        connection.execute("VACUUM ANALYZE knowledge_documents, knowledge_chunks, knowledge_embeddings")


def build_index(stack: Stack) -> None:
    """Make the index of all clinics' vectors, which takes longer than the rows."""
    with psycopg.connect(stack.superuser_url, dbname=DATABASE, autocommit=True) as connection:
        connection.execute("SET maintenance_work_mem = '2GB'")
        (made,) = connection.execute("SELECT made FROM bench_index").fetchone() or ("",)
        connection.execute(made.encode())
