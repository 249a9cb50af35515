"""Counting how often a question's answer is among the passages that were found for it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from knowledge.chunking import chunk_blocks
from knowledge.context import context_of
from knowledge.embedders import Embedder
from knowledge.extraction.reading import Limits, read_document
from knowledge.extraction.running import Extracted
from knowledge.models import KnowledgeChunk, KnowledgeDocument, Source
from knowledge.searching.question import Question
from knowledge.searching.vectors import search_vectors
from knowledge.settings import SETTINGS
from knowledge.storing import store_passages
from knowledge.tests.quality.clinics import Asked, WrittenClinic
from knowledge.tests.quality.printing import printed
from knowledge.types import MatchedBy, Passage
from orgs.scope import current_org_id

Ask = Callable[[str], Sequence[Passage]]
_PATIENCE_S = 30.0
_embedded: dict[tuple[str, str], Question] = {}
_LIMITS = Limits(most_pages=50, most_chars=100_000)


@dataclass
class Score:
    """How a set of questions came out. `wrong` are those that did not, in words."""

    answerable: int = 0
    hits_at_1: int = 0
    hits_at_5: int = 0
    given: int = 0
    unanswerable: int = 0
    nothing_found: int = 0
    lost_locations: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def hit_at_5(self) -> float:
        """The share of answerable questions whose answer is among the first five passages."""
        return self.hits_at_5 / self.answerable

    @property
    def hit_at_1(self) -> float:
        """The share of answerable questions whose answer is in the first passage."""
        return self.hits_at_1 / self.answerable

    @property
    def told(self) -> float:
        """The share of answerable questions whose answer is in the text that the assistant is given."""
        return self.given / self.answerable

    @property
    def silence(self) -> float:
        """The share of unanswerable questions for which nothing was found."""
        return self.nothing_found / self.unanswerable

    def note(self, asked: Asked, passages: Sequence[Passage]) -> None:
        """Count one question."""
        if not asked.is_answerable:
            self.unanswerable += 1
            self.nothing_found += not passages
            if passages:
                self.wrong.append(f"{asked.text} → {passages[0].document_title} ({passages[0].score})")
            return
        places = [place for place, passage in enumerate(passages[:5], start=1) if _answers(asked, passage)]
        self.answerable += 1
        self.hits_at_1 += 1 in places
        self.hits_at_5 += bool(places)
        self.given += _plain(asked.words) in _plain(context_of(passages, query=asked.text))
        self.lost_locations += asked.is_location and not places
        if not places:
            found = ", ".join(f"{passage.document_title} ({passage.score})" for passage in passages) or "nothing"
            self.wrong.append(f"{asked.text} → {found}, not {asked.title}: {asked.words}")


def judge(questions: Iterable[tuple[Asked, Ask]]) -> Score:
    """Ask each question in its clinic."""
    score = Score()
    for asked, ask in questions:
        score.note(asked, ask(asked.text))
    return score


def hand_in(clinic: WrittenClinic) -> None:
    """Store the clinic's papers for the organisation in scope, read and cut as uploads are."""
    for paper in clinic.papers:
        read = read_document(printed(paper), limits=_LIMITS, progress=lambda done, total: None)
        blocks = list(read.blocks)
        document = KnowledgeDocument.objects.create(title=paper.title, source=Source.TEXT)
        extracted = Extracted(media_type=read.kind, page_count=read.page_count, bare_pages=0, blocks=blocks)
        store_passages(document, chunk_blocks(blocks, title=paper.title), extracted)


def embedded(embedder: Embedder, text: str) -> Question:
    """A question with its vector, however long that takes: a busy machine does not make answers worse here."""
    key = (embedder.model, text)
    if key not in _embedded:
        vector = tuple(embedder.embed_query(text, timeout_s=_PATIENCE_S))
        _embedded[key] = Question(text=text, model=embedder.model, vector=vector)
    return _embedded[key]


def by_meaning(embedder: Embedder, text: str) -> list[Passage]:
    """What vectors alone find, for comparison. Inside the organisation's transaction."""
    question = embedded(embedder, text)
    count = KnowledgeChunk.objects.count()
    near = search_vectors(current_org_id(), question, switched_off=[], chunk_count=count)
    hits = [hit for hit in near if hit.similarity >= SETTINGS.similarity_threshold][: SETTINGS.max_chunks]
    chunks = KnowledgeChunk.objects.select_related("document").in_bulk([hit.chunk_id for hit in hits])
    return [_passage(chunks[hit.chunk_id], hit.similarity) for hit in hits]


def _passage(chunk: KnowledgeChunk, similarity: float) -> Passage:
    return Passage(
        document_id=chunk.document_id,
        document_title=chunk.document.title,
        chunk_id=chunk.pk,
        content=chunk.content,
        page=chunk.page,
        heading_path=chunk.headings,
        score=round(similarity, 4),
        matched_by=MatchedBy.VECTOR,
    )


def _answers(asked: Asked, passage: Passage) -> bool:
    text = " ".join([*passage.heading_path, passage.content])
    return passage.document_title == asked.title and _plain(asked.words) in _plain(text)


def _plain(text: str) -> str:
    """Without what paper does to a text: line ends and typographer's marks."""
    return " ".join(text.replace("’", "'").split()).casefold()
