"""Searching by words: how much of what is asked for a passage names, each word weighed by how rare it is."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from knowledge.searching.words import Term, keywords_of
from knowledge.settings import SETTINGS

# What a word is worth where it stands: in a heading above the passage, or only in the document's title.
IN_HEADING, IN_TITLE = 1.25, 0.6
# What the looks of the thing itself add.
BY_SIGN = 0.75


@dataclass(frozen=True)
class LexicalHit:
    """A passage that names some of what is asked for. `coverage` is the share of it, between 0 and 1."""

    chunk_id: UUID
    coverage: float


# `@@` must not run before row-level security has let a row through (it is not leakproof), so no index of words could be
# used: a clinic's passages are found by their clinic and all looked at. See docs/decisions/0032.
_SEARCH = """
WITH asked AS MATERIALIZED (
    SELECT {queries}
), documents AS MATERIALIZED (
    SELECT id, {titles} FROM (
        SELECT id, to_tsvector('english', title) AS words FROM knowledge_documents
        WHERE org_id = %(org)s AND is_active AND chunk_count > 0
    ) named
), matched AS MATERIALIZED (
    SELECT c.id, c.token_count, {matches}
    FROM knowledge_chunks c JOIN documents d ON d.id = c.document_id
    WHERE c.org_id = %(org)s AND (c.search @@ (SELECT {any} FROM asked) OR {titled})
), telling AS MATERIALIZED (
    SELECT {idfs} FROM matched
), scored AS (
    SELECT m.id, ({gained}) AS gained, ({covered}) / nullif({all}, 0) AS coverage,
        0.75 + m.token_count / 1200::float8 AS length
    FROM matched m, telling t
)
SELECT id, coverage FROM scored WHERE coverage > 0
ORDER BY gained / greatest(length, 0.9::float8) DESC, id LIMIT %(limit)s
"""
# Each query is made once and compared with every passage; a heading's words stand among the passage's own.
_QUERIES = "to_tsquery('english', %(t{0})s) AS t{0}, to_tsquery('english', %(h{0})s) AS h{0}"
_TITLES = "words @@ (SELECT t{0} FROM asked) AS d{0}"
_MATCH = (
    "CASE WHEN c.search @@ (SELECT t{0} FROM asked) "
    "THEN CASE WHEN c.search @@ (SELECT h{0} FROM asked) THEN {heading}::float8 ELSE 1 END "
    "WHEN d.d{0} THEN {title}::float8 ELSE 0 END{sign} AS m{0}"
)
# What is asked for may stand there without its name: a price is known by its currency, an address by its number.
_SIGN = " + CASE WHEN c.content ~ %(s{0})s THEN {worth}::float8 ELSE 0 END"
_IDF = "ln(1 + (%(total)s::float8 - {found} + 0.5) / ({found} + 0.5)) AS w{i}"
# Only where a word begins: a toenail is no answer to who asks for nails.
_BEGINS = "' ' || translate(c.content, E'\\n\\t(/-', '     ') ILIKE %s"
_LETTERS = """
SELECT c.id FROM knowledge_chunks c JOIN knowledge_documents d ON d.id = c.document_id
WHERE c.org_id = %s AND d.org_id = %s AND d.is_active AND {all} ORDER BY c.id LIMIT %s
"""


def search_words(org_id: UUID, terms: Sequence[Term], *, chunk_count: int) -> list[LexicalHit]:
    """Passages that name any of the terms, those that name most of what is rare first."""
    if not terms:
        return []
    values: dict[str, Any] = {"org": org_id, "total": chunk_count, "limit": SETTINGS.candidates}
    # Every passage is read from end to end for a sign, so a library does without.
    signs = {i: term.sign for i, term in enumerate(terms) if term.sign and chunk_count <= SETTINGS.signs_up_to}
    values |= {f"s{i}": sign for i, sign in signs.items()}
    for i, term in enumerate(terms):
        values |= {f"t{i}": term.tsquery, f"h{i}": term.in_headings}
    with connection.cursor() as cursor:
        cursor.execute(_statement(range(len(terms)), signs), values)
        return [LexicalHit(chunk_id, float(coverage)) for chunk_id, coverage in cursor.fetchall()]


def _statement(numbers: range, signs: Container[int]) -> str:
    by_looks = {i: _SIGN.format(i, worth=BY_SIGN) if i in signs else "" for i in numbers}
    return _SEARCH.format(
        matches=", ".join(_MATCH.format(i, heading=IN_HEADING, title=IN_TITLE, sign=by_looks[i]) for i in numbers),
        queries=", ".join(_QUERIES.format(i) for i in numbers),
        titles=", ".join(_TITLES.format(i) for i in numbers),
        titled=" OR ".join([f"d.d{i}" for i in numbers] + [f"c.content ~ %(s{i})s" for i in numbers if i in signs]),
        any=" || ".join(f"t{i}" for i in numbers),
        idfs=", ".join(_IDF.format(i=i, found=f"greatest(count(*) FILTER (WHERE m{i} > 0), 1)") for i in numbers),
        gained=" + ".join(f"m.m{i} * t.w{i}" for i in numbers),
        covered=" + ".join(f"sign(m.m{i}) * t.w{i}" for i in numbers),
        all=" + ".join(f"t.w{i}" for i in numbers),
    )


def search_letters(org_id: UUID, query: str) -> list[LexicalHit]:
    """The last resort, for names and codes that are no words: passages with words that begin with every long word."""
    words = keywords_of(query)
    if not words:
        return []
    statement = _LETTERS.format(all=" AND ".join([_BEGINS] * len(words)))
    with connection.cursor() as cursor:
        cursor.execute(statement, [org_id, org_id, *(f"% {word}%" for word in words), SETTINGS.candidates])
        return [LexicalHit(chunk_id, SETTINGS.lexical_floor) for (chunk_id,) in cursor.fetchall()]
