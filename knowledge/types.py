"""What passes between reading a document, cutting it up and answering from it."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class BlockKind(StrEnum):
    """What a piece of a document is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST = "list"
    TABLE = "table"


class MatchedBy(StrEnum):
    """Which search found a passage."""

    LEXICAL = "lexical"
    VECTOR = "vector"
    BOTH = "both"


@dataclass(frozen=True)
class Block:
    """One piece of a document, in reading order.

    Attributes:
        text: without mark-up; of a list one item a line, of a table one row a line, its cells between " | ".
        level: of a heading, 1 (highest) to 6; 0 for everything else.
        page: counted from 1; None where the format has no pages.
        header: a table's first row, where it names the columns; it does not stand in `text` again.
    """

    kind: BlockKind
    text: str
    level: int = 0
    page: int | None = None
    header: str = ""


@dataclass(frozen=True)
class ChunkDraft:
    """A passage that is not stored yet.

    Attributes:
        ordinal: its place in the document, counted from 0.
        heading_path: the headings that it stands under, the highest first.
        sha256: of `content` and `heading_path`, in hex: the same one needs no new embedding.
    """

    ordinal: int
    content: str
    heading_path: tuple[str, ...]
    page: int | None
    token_count: int
    sha256: str


@dataclass(frozen=True)
class Passage:
    """A chunk that was found for a question. `score` is between 0 and 1, higher is closer."""

    document_id: UUID
    document_title: str
    chunk_id: UUID
    content: str
    page: int | None
    heading_path: tuple[str, ...]
    score: float
    matched_by: MatchedBy
