"""How well callers' questions are answered from the papers of three clinics: by words, by meaning, by both."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

from bench.clinic import Clinic, make_clinic
from bench.figures import Figure, at_least, exactly, report
from bench.stack import Stack

LEAST_SILENCE = 0.9
_SILENCE = "nothing found for the unanswerable"
_SETS = {False: "tuned on", True: "held back"}


def knowledge_quality(stack: Stack, clinic: Clinic, *, quick: bool) -> Iterator[Figure]:
    """The questions that searching was tuned on, and those that were written after and kept for judging."""
    from django.conf import settings

    from knowledge.embedders.local import LocalEmbedder, missing_packages

    settings.EMBEDDER = "none"
    orgs = _hand_in_all()
    words = {held_back: _judge(orgs, _by_words, held_back=held_back) for held_back in _SETS}
    for held_back, score in words.items():
        yield from _figures(f"{_SETS[held_back]}, by words", score)
    yield _silence("by words", words.values())
    if missing := missing_packages():
        yield report("by meaning: not measured", 0, "", note=missing)
        return
    settings.EMBEDDER = "local"
    embedder = LocalEmbedder()
    embedder.preload()
    _embed(orgs)
    combined = []
    for held_back, by_words in words.items():
        meaning = _judge(orgs, _by_meaning_of(embedder), held_back=held_back)
        both = _judge(orgs, _by_both_of(embedder), held_back=held_back)
        combined.append(both)
        name = _SETS[held_back]
        yield from _figures(f"{name}, by meaning", meaning)
        yield from _figures(f"{name}, by both", both)
        yield at_least(f"{name}, by both, hit@5 ÷ the better of the two", _ratio(both, by_words, meaning), 1.0)
        yield exactly(f"{name}, by both, unanswered questions for the address", both.lost_locations, 0)
    yield _silence("by both", combined)


def _figures(name: str, score: Any) -> Iterator[Figure]:
    yield report(f"{name}, hit@5", score.hit_at_5, "", note=f"{score.answerable} questions")
    yield report(f"{name}, first passage", score.hit_at_1, "")
    yield report(f"{name}, in the text that the assistant is given", score.told, "")
    yield report(f"{name}, {_SILENCE}", score.silence, "", note=f"{score.unanswerable} questions")


def _silence(name: str, scores: Iterable[Any]) -> Figure:
    """Of both sets together: each alone has few unanswerable questions."""
    counted = list(scores)
    share = sum(score.nothing_found for score in counted) / sum(score.unanswerable for score in counted)
    return at_least(f"both sets, {name}, {_SILENCE}", share, LEAST_SILENCE)


def _ratio(both: Any, words: Any, meaning: Any) -> float:
    return float(both.hit_at_5 / max(words.hit_at_5, meaning.hit_at_5))


def _hand_in_all() -> dict[str, Any]:
    """The clinics by their names, their papers read and cut."""
    from knowledge.tests.quality.clinics import clinics
    from knowledge.tests.quality.judging import hand_in
    from orgs.models import Organization
    from orgs.scope import org_scope, org_tx

    orgs = {}
    for written in clinics():
        made: UUID = make_clinic(written.name).org_id
        with org_scope(made), org_tx():
            orgs[written.name] = Organization.objects.get(pk=made)
            hand_in(written)
    return orgs


def _embed(orgs: dict[str, Any]) -> None:
    from knowledge.embedding.work import embed_clinic

    for org in orgs.values():
        embed_clinic(org=org)


def _judge(orgs: dict[str, Any], ask: Callable[[Any, str], Sequence[Any]], *, held_back: bool) -> Any:
    from knowledge.tests.quality.clinics import clinics
    from knowledge.tests.quality.judging import judge

    def ask_in(name: str) -> Callable[[str], Sequence[Any]]:
        return lambda text: ask(orgs[name], text)

    return judge(
        (asked, ask_in(written.name))
        for written in clinics()
        for asked in (written.held_back if held_back else written.questions)
    )


def _by_words(org: Any, text: str) -> Sequence[Any]:
    from knowledge.retrieval import Question, find
    from orgs.scope import org_scope, org_tx

    with org_scope(org), org_tx():
        return find(Question(text))


def _by_both_of(embedder: Any) -> Callable[[Any, str], Sequence[Any]]:
    from knowledge.retrieval import find
    from knowledge.tests.quality.judging import embedded
    from orgs.scope import org_scope, org_tx

    def ask(org: Any, text: str) -> Sequence[Any]:
        with org_scope(org), org_tx():
            return find(embedded(embedder, text))

    return ask


def _by_meaning_of(embedder: Any) -> Callable[[Any, str], Sequence[Any]]:
    from knowledge.tests.quality.judging import by_meaning
    from orgs.scope import org_scope, org_tx

    def ask(org: Any, text: str) -> Sequence[Any]:
        with org_scope(org), org_tx():
            return by_meaning(embedder, text)

    return ask
