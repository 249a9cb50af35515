"""Three clinics that do not exist: what they have written down, and what people ask them on the telephone.

Each document stands here as a Markdown file whose name says what it is handed in as (`prices.docx.md` becomes a Word
file); the lists of questions have a line for each with the document and words that an answer must hold, or a dash where
nothing written answers it. Searching was tuned on `questions.txt`; `held_back.txt` was written and kept for judging it.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

TEXTS = Path(__file__).parent / "texts"
LOCATION_WORDS = ("where are you", "address", "whereabouts", "eircode", "where is the", "location", "postcode")


@dataclass(frozen=True)
class Paper:
    """A document. `kind` is pdf, docx or txt."""

    name: str
    kind: str
    text: str

    @property
    def title(self) -> str:
        """As the file's name becomes one."""
        return self.name.replace("_", " ").capitalize()


@dataclass(frozen=True)
class Asked:
    """A question. `title` and `words` are of the passage that answers it; both empty where nothing does."""

    text: str
    title: str = ""
    words: str = ""

    @property
    def is_answerable(self) -> bool:
        return bool(self.title)

    @property
    def is_location(self) -> bool:
        """Whether it asks where the clinic is, which must always be answered."""
        return self.is_answerable and any(words in self.text for words in LOCATION_WORDS)


@dataclass(frozen=True)
class WrittenClinic:
    """A clinic's papers and questions."""

    name: str
    papers: tuple[Paper, ...]
    questions: tuple[Asked, ...]
    held_back: tuple[Asked, ...]


@cache
def clinics() -> tuple[WrittenClinic, ...]:
    """All three, in order of their names."""
    return tuple(_clinic(folder) for folder in sorted(TEXTS.iterdir()) if folder.is_dir())


def _clinic(folder: Path) -> WrittenClinic:
    papers = []
    for file in sorted(folder.glob("*.md")):
        name, kind, _ = file.name.split(".")
        papers.append(Paper(name=name, kind=kind, text=file.read_text(encoding="utf-8")))
    titles = {paper.name: paper.title for paper in papers}
    return WrittenClinic(
        name=folder.name,
        papers=tuple(papers),
        questions=_questions(folder / "questions.txt", titles),
        held_back=_questions(folder / "held_back.txt", titles),
    )


def _questions(file: Path, titles: dict[str, str]) -> tuple[Asked, ...]:
    lines = file.read_text(encoding="utf-8").splitlines()
    return tuple(
        _asked([cell.strip() for cell in line.split("|")], titles)
        for line in lines
        if line and not line.startswith("#")
    )


def _asked(cells: list[str], titles: dict[str, str]) -> Asked:
    document, words, text = cells
    return Asked(text=text) if document == "-" else Asked(text=text, title=titles[document], words=words)
