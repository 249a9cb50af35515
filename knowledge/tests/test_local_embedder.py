"""Embeddings without a provider: what happens without the extra, and with it."""

import math
import time

import pytest

from knowledge.embedders import (
    DIMENSIONS,
    EmbeddingFailed,
    current_embedder,
    find_embedder_problem,
    forget_embedders,
    preload_embedder,
)
from knowledge.embedders.local import LocalEmbedder, missing_packages
from voxanne.startup import find_start_problems

needs_extra = pytest.mark.skipif(bool(missing_packages()), reason="requirements-local.txt is not installed")


@pytest.fixture
def chosen(settings):
    """EMBEDDER=local."""
    settings.EMBEDDER = "local"
    forget_embedders()
    yield
    forget_embedders()


def test_nothing_is_missing_while_another_embedder_is_chosen(settings):
    for name in ("", "openai", "none"):
        settings.EMBEDDER = name
        assert find_embedder_problem() == ""
        preload_embedder()


@pytest.mark.skipif(not missing_packages(), reason="requirements-local.txt is installed")
def test_without_the_extra_no_process_starts_and_nothing_raises(chosen, db):
    (problem,) = (line for line in find_start_problems() if "Embedder" in line)
    assert "pip install -r requirements-local.txt" in problem
    assert "EMBEDDER=none" in problem

    preload_embedder()
    with pytest.raises(EmbeddingFailed) as failed:
        LocalEmbedder().embed_query("Where are you?", timeout_s=5)
    assert not failed.value.retryable
    assert "Search by words" in failed.value.words


@needs_extra
@pytest.mark.slow
def test_with_the_extra_texts_of_one_meaning_are_near_and_a_loaded_model_answers_in_time(chosen):
    assert find_embedder_problem() == ""
    preload_embedder()
    embedder = current_embedder()

    began = time.perf_counter()
    asked = embedder.embed_query("Is there anywhere to leave my car?", timeout_s=5)
    assert time.perf_counter() - began < 2
    parking, whitening = embedder.embed_documents(
        ["Parking is behind the building.", "Whitening takes an hour."]
    ).vectors

    assert {len(vector) for vector in (asked, parking, whitening)} == {DIMENSIONS}
    assert all(math.isclose(math.fsum(number**2 for number in vector), 1, abs_tol=1e-3) for vector in (asked, parking))
    assert _cosine(asked, parking) > _cosine(asked, whitening) + 0.1
    with pytest.raises(EmbeddingFailed) as late:
        embedder.embed_query("Where are you? " * 100, timeout_s=0)
    assert late.value.retryable


def _cosine(one, other):
    return math.fsum(a * b for a, b in zip(one, other, strict=True))
