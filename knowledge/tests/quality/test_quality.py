"""How well callers' questions are answered from three clinics' own papers.

The floors are a few questions below what was measured (docs/benchmarks.md): they notice what makes answers worse.
"""

import pytest

from conftest import make_org, make_user
from knowledge.embedders import current_embedder, forget_embedders
from knowledge.embedders.local import missing_packages
from knowledge.embedding.work import embed_clinic
from knowledge.retrieval import Question, find, retrieve
from knowledge.tests.quality.clinics import clinics
from knowledge.tests.quality.judging import by_meaning, embedded, hand_in, judge


@pytest.fixture
def orgs(db, working_for):
    """The three clinics, their papers handed in."""
    made = {}
    for clinic in clinics():
        org = made[clinic.name] = make_org(clinic.name, make_user(f"{clinic.name}@example.com"))
        with working_for(org):
            hand_in(clinic)
    return made


def scores(ask, *, held_back):
    """Of all clinics' questions; `ask(name of the clinic, text)`."""
    return judge(
        (asked, lambda text, name=clinic.name: ask(name, text))
        for clinic in clinics()
        for asked in (clinic.held_back if held_back else clinic.questions)
    )


def test_the_set_is_large_and_its_answers_stand_in_the_papers():
    everything = [(clinic, asked) for clinic in clinics() for asked in (*clinic.questions, *clinic.held_back)]
    tuned_on = [asked for clinic in clinics() for asked in clinic.questions]

    assert sum(asked.is_answerable for asked in tuned_on) >= 120
    assert sum(not asked.is_answerable for asked in tuned_on) >= 30
    assert len({asked.text for _, asked in everything}) == len(everything)
    assert {paper.kind for clinic in clinics() for paper in clinic.papers} == {"pdf", "docx", "txt"}
    for clinic, asked in everything:
        texts = {paper.title: paper.text for paper in clinic.papers}
        assert not asked.is_answerable or asked.words in texts[asked.title], asked


def test_words_alone_answer_most_questions_and_keep_quiet_at_most_others(orgs):
    def ask(name, text):
        return retrieve(org=orgs[name], query=text)

    for held_back, hits, silence in ((False, 0.68, 0.94), (True, 0.68, 0.9)):
        score = scores(ask, held_back=held_back)
        assert score.lost_locations == 0, score.wrong
        assert score.hit_at_5 >= hits, score.wrong
        assert score.silence >= silence, score.wrong


@pytest.mark.slow
@pytest.mark.skipif(bool(missing_packages()), reason="requirements-local.txt is not installed: no local model")
def test_words_and_meaning_together_answer_more_than_either(orgs, working_for, settings):
    settings.EMBEDDER = "local"
    forget_embedders()
    embedder = current_embedder()
    for org in orgs.values():
        embed_clinic(org=org)

    def by_both(name, text):
        with working_for(orgs[name]):
            return find(embedded(embedder, text))

    def by_words(name, text):
        with working_for(orgs[name]):
            return find(Question(text))

    def by_vectors(name, text):
        with working_for(orgs[name]):
            return by_meaning(embedder, text)

    for held_back in (False, True):
        both, words, meaning = (scores(ask, held_back=held_back) for ask in (by_both, by_words, by_vectors))
        assert both.hit_at_5 >= max(words.hit_at_5, meaning.hit_at_5), both.wrong
        assert both.lost_locations == 0, both.wrong
        assert both.silence >= 0.85, both.wrong
