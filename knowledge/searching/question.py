"""A question, made ready to be looked up: everything that may take a provider's time happens here."""

import hashlib
from dataclasses import dataclass, field

import structlog
from django.db import connection

from knowledge.embedders import EmbeddingFailed, embedder_of
from knowledge.models import KnowledgeIndex
from knowledge.settings import SETTINGS
from orgs.scope import current_org_id, org_tx
from voxanne.expiring_cache import ExpiringCache
from voxanne.metrics import counter

log = structlog.get_logger(__name__)

QUESTIONS = counter("knowledge_questions", "Questions to knowledge bases, by what could be searched.", labels=("by",))

_active: ExpiringCache[str] = ExpiringCache(name="knowledge_model", ttl_s=5, max_entries=2_000)
_vectors: ExpiringCache[tuple[float, ...]] = ExpiringCache(
    name="question_vectors", ttl_s=SETTINGS.query_cache_s, max_entries=SETTINGS.query_cache_entries
)


@dataclass(frozen=True)
class Question:
    """What is asked. `vector` was made by `model`; without one (and model "") words alone are searched."""

    text: str
    model: str = ""
    vector: tuple[float, ...] = field(default=(), repr=False)


def ask(*, query: str) -> Question:
    """Make a question to the clinic in scope ready. No transaction is open.

    An embedder may be asked, for `query_timeout_s` at most; what cannot be embedded is looked up by its words.
    """
    text = " ".join(query.replace("\x00", " ").split())[: SETTINGS.max_query_length]
    model = _active_model() if text else ""
    vector = _vector_of(text, model=model) if model else ()
    QUESTIONS.labels("words_and_meaning" if vector else "words").inc()
    return Question(text=text, model=model if vector else "", vector=vector)


def _active_model() -> str:
    """The model whose vectors the clinic's passages have. A few seconds old at most: `find` checks it again."""
    key = str(current_org_id())
    known = _active.find(key)
    if known is not None:
        return known
    epoch = _active.epoch()
    with org_tx():
        model = KnowledgeIndex.objects.values_list("active_model", flat=True).first() or ""
    _active.put(key, model, epoch=epoch)
    return model


def _vector_of(text: str, *, model: str) -> tuple[float, ...]:
    embedder = embedder_of(model)
    if embedder is None:
        return ()
    key = hashlib.sha256(f"{model}\0{text.lower()}".encode()).hexdigest()
    known = _vectors.find(key)
    if known is not None:
        return known
    if connection.in_atomic_block and getattr(connection, "voxanne_context", None) is not None:
        raise RuntimeError("a question is embedded before the transaction opens: `ask` first, then `find`")
    epoch = _vectors.epoch()
    try:
        vector = tuple(embedder.embed_query(text, timeout_s=SETTINGS.query_timeout_s))
    except EmbeddingFailed as failed:
        log.info("question.not_embedded", model=model, retryable=failed.retryable)
        return ()
    _vectors.put(key, vector, epoch=epoch)
    return vector
