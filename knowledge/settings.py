"""Every constant of searching and embedding, in one place."""

from dataclasses import dataclass


@dataclass(frozen=True)
class KnowledgeSettings:
    """How passages are found, and how their embeddings are made.

    Attributes:
        similarity_threshold: cosine similarity from which a passage counts that only its vector found.
        max_chunks: the most passages of an answer.
        max_context_length: the most characters of passages that an assistant is given for a question.
        standing_length, standing_excerpt: the most characters of standing facts in a prompt, and of each.
        query_timeout_s: what an embedder may take for a question; later the words alone answer.
        max_query_length: characters of a question that are read.
        lexical_floor: share of what a question asks for, weighed by how telling each word is, that a passage must name
            for its words alone to count, where there are no vectors.
        coverage_weight, evidence_floor: where there are, what is named times the weight and the similarity of one
            passage come to this floor at least, or the question counts as unanswered.
        lexical_support: what a passage of an answered question must name to be among its answers.
        signs_up_to: clinics with more passages than this are searched by words alone, not by how prices, addresses and
            hours look.
        max_terms: the most words of a question that are looked for.
        candidates: how many passages each of the two searches puts forward.
        rank_constant: of reciprocal rank fusion; the higher, the less the very first places are worth.
        scan_candidates: of how many passages the exact similarity is computed, nearest by sign first.
        scan_up_to: clinics with more passages than this are searched through the index that all clinics share.
        query_cache_s, query_cache_entries: how long and how many questions' vectors a process keeps.
        embed_batch: passages of one request to an embedder and of one transaction.
        embed_batch_tokens: the most tokens of one request.
        claim_s: how long a worker keeps a clinic's index to itself between two batches.
        retry_after_s: the pause after the first failure; it doubles up to `retry_at_most_s`.
    """

    similarity_threshold: float = 0.25
    max_chunks: int = 5
    max_context_length: int = 2000
    standing_length: int = 2500
    standing_excerpt: int = 500
    query_timeout_s: float = 0.3
    max_query_length: int = 500
    lexical_floor: float = 0.51
    coverage_weight: float = 0.6
    evidence_floor: float = 0.52
    lexical_support: float = 0.3
    signs_up_to: int = 2_000
    max_terms: int = 12
    candidates: int = 30
    rank_constant: int = 60
    scan_candidates: int = 200
    scan_up_to: int = 20_000
    query_cache_s: float = 300.0
    query_cache_entries: int = 2_000
    embed_batch: int = 128
    embed_batch_tokens: int = 100_000
    claim_s: int = 120
    retry_after_s: int = 15
    retry_at_most_s: int = 3600


SETTINGS = KnowledgeSettings()
