"""Cutting a document into passages that can each answer by themselves.

Prose is cut between paragraphs, else between sentences, else between words, and the end of a passage is said again at
the beginning of the next of the same section. A table is cut between rows, each passage with the table's header. What
is too short to stand alone is joined with what follows; the headings that such a passage spans stand in its text, the
ones above all of it in its path.
"""

import hashlib
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from semantic_text_splitter import TextSplitter

from knowledge.tokens import count_tokens
from knowledge.types import Block, BlockKind, ChunkDraft

FEWEST_TOKENS = 200
MOST_TOKENS = 400
OVERLAP_TOKENS = 40

# A section with fewer shares its passage with the next. From here on it speaks for itself, and better alone: a passage
# about five things is near to no question (docs/decisions/0031).
JOIN_BELOW = 120
# A header longer than this is said once: repeated, it would leave no room for the rows.
LONGEST_HEADER_TOKENS = 100
# A heading longer than this is a paragraph that somebody printed large.
LONGEST_HEADING_TOKENS = 60
# The splitter slows down with the length of what it is given, so it is given a few passages' worth at a time.
_WINDOW_CHARACTERS = 8_000

Path = tuple[str, ...]


def chunk_blocks(blocks: Iterable[Block], *, title: str) -> list[ChunkDraft]:
    """The passages of a document, in its order; none for a document without text.

    Every path begins with the title, so that a passage is found by it. Nothing is left out but blank space.
    """
    drafts: list[ChunkDraft] = []
    pieces = (piece for path, held in _sections(blocks, _one_line(title)) for piece in _pieces(path, held))
    for group in _grouped(pieces):
        path, content = _told(group)
        drafts.append(
            ChunkDraft(
                ordinal=len(drafts),
                content=content,
                heading_path=path,
                page=group[0].page,
                token_count=count_tokens(content),
                sha256=hashlib.sha256("\n".join((*path, "", content)).encode()).hexdigest(),
            )
        )
    return drafts


@dataclass(frozen=True)
class _Piece:
    """A stretch of one section; a heading with nothing under it has no `text`.

    Attributes:
        header: what the rows in `text` stand under, of a table.
        shared: so many characters at the beginning stand at the end of the piece before, too.
        gap: the blank space after the piece before, where that is of the same run of prose or of the same table.
    """

    path: Path
    text: str
    page: int | None
    header: str = ""
    shared: int = 0
    gap: str | None = None

    @property
    def tokens(self) -> int:
        """Of the text with its header."""
        return count_tokens(self.text) + count_tokens(self.header)


@dataclass
class _Run:
    """Paragraphs and lists of one section that follow one another."""

    texts: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    pages: list[int | None] = field(default_factory=list)
    length: int = 0

    def add(self, block: Block) -> None:
        text = block.text.strip()
        self.starts.append(self.length)
        self.pages.append(block.page)
        self.texts.append(text)
        self.length += len(text) + 2

    def pieces(self, path: Path) -> Iterator[_Piece]:
        """The run cut up, each piece with the page on which its own words begin."""
        text = "\n\n".join(self.texts)
        end = 0
        for start, stop in _cuts(text, most=MOST_TOKENS, overlap=OVERLAP_TOKENS):
            shared = max(end - start, 0)
            own = min(start + shared + len("\n\n"), stop - 1)
            page = self.pages[bisect_right(self.starts, own) - 1]
            gap = text[end:start] if end else None
            yield _Piece(path, text[start:stop], page, shared=shared, gap=gap)
            end = stop


def _sections(blocks: Iterable[Block], title: str) -> Iterator[tuple[Path, list[Block]]]:
    """Every heading's path with what stands under it; without blocks where that is nothing, not even a heading."""
    headings: list[tuple[int, str]] = [(0, title)] if title else []
    held: list[Block] = []
    is_bare = False  # a heading has come and nothing after it
    for block in blocks:
        if not _is_heading(block):
            if block.text.strip() or block.header.strip():
                held.append(block)
            continue
        text, level = _one_line(block.text), max(block.level, 1)
        if held or (is_bare and level <= headings[-1][0]):
            yield _path(headings), held
        held = []
        headings = [known for known in headings if known[0] < level]
        is_bare = text.casefold() != title.casefold()  # what repeats the title adds nothing
        if is_bare:
            headings.append((level, text))
    if held or is_bare:
        yield _path(headings), held


def _pieces(path: Path, blocks: list[Block]) -> Iterator[_Piece]:
    """A section's pieces, in order."""
    run = _Run()
    for block in blocks:
        if block.kind != BlockKind.TABLE:
            run.add(block)
            continue
        if run.texts:
            yield from run.pieces(path)
            run = _Run()
        yield from _table_pieces(block, path)
    if run.texts:
        yield from run.pieces(path)
    elif not blocks:
        yield _Piece(path, "", None)


def _is_heading(block: Block) -> bool:
    """Whether it names a section; a whole paragraph does not."""
    return (
        block.kind == BlockKind.HEADING
        and bool(block.text.strip())
        and count_tokens(block.text) <= LONGEST_HEADING_TOKENS
    )


def _path(headings: list[tuple[int, str]]) -> Path:
    return tuple(text for _, text in headings)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _table_pieces(table: Block, path: Path) -> Iterator[_Piece]:
    """A table's rows under its header, as many as make a passage."""
    header = table.header.strip()
    rows = [row for row in table.text.splitlines() if row.strip()]
    if header and (not rows or count_tokens(header) > LONGEST_HEADER_TOKENS):
        rows.insert(0, header)
        header = ""
    room = MOST_TOKENS - count_tokens(header)
    held: list[str] = []
    tokens, gap = 0, None
    for row in _short_rows(rows, room):
        more = count_tokens(row)
        if held and (tokens >= FEWEST_TOKENS or tokens + more > room):
            yield _Piece(path, "\n".join(held), table.page, header=header, gap=gap)
            held, tokens, gap = [], 0, "\n"
        held.append(row)
        tokens += more
    yield _Piece(path, "\n".join(held), table.page, header=header, gap=gap)


def _short_rows(rows: list[str], room: int) -> Iterator[str]:
    """The rows; one that is longer than a passage comes in parts."""
    for row in rows:
        text = row.strip()
        if count_tokens(text) <= room:
            yield text
        else:
            yield from (text[start:stop] for start, stop in _cuts(text, most=room, overlap=0))


def _cuts(text: str, *, most: int, overlap: int) -> Iterator[tuple[int, int]]:
    """Where the parts of a text begin and end. They cover all of it but blank space, and may lap over."""
    if count_tokens(text[:_WINDOW_CHARACTERS]) <= most and len(text) <= _WINDOW_CHARACTERS:
        yield 0, len(text)
        return
    splitter = TextSplitter.from_callback(count_tokens, (min(FEWEST_TOKENS, most), most), overlap=overlap)
    offset, width = 0, _WINDOW_CHARACTERS
    while offset < len(text):
        window = text[offset : offset + width]
        is_last = offset + width >= len(text)
        parts = [(offset + start, offset + start + len(part)) for start, part in splitter.chunk_indices(window)]
        if is_last:
            yield from parts
            return
        if len(parts) < 2:  # a window of nothing but space: look further
            width *= 2
            continue
        # The last part ends where the window does, which may be within a word: it is cut again with what follows.
        yield from parts[:-1]
        offset, width = parts[-1][0], _WINDOW_CHARACTERS


def _grouped(pieces: Iterable[_Piece]) -> Iterator[list[_Piece]]:
    """Pieces that become one passage: short ones join what follows, a short last one what came before."""
    held: list[list[_Piece]] = []
    sizes: list[int] = []
    for piece in pieces:
        # Never too little, so that a passage of several sections is not too long: some of the headings go to its path.
        size = piece.tokens + sum(count_tokens(heading) for heading in piece.path[1:])
        if held and sizes[-1] < JOIN_BELOW and sizes[-1] + size <= MOST_TOKENS:
            held[-1].append(piece)
            sizes[-1] += size
            continue
        if len(held) == 2:
            yield held.pop(0)
            sizes.pop(0)
        held.append([piece])
        sizes.append(size)
    if len(held) == 2 and sizes[1] < JOIN_BELOW and sum(sizes) <= MOST_TOKENS:
        held = [held[0] + held[1]]
    yield from held


def _told(group: list[_Piece]) -> tuple[Path, str]:
    """The path of all of a group's pieces, and their text with the headings that are not common to all."""
    path = _common([piece.path for piece in group])
    if not any(piece.text for piece in group):
        path = path[: min(len(piece.path) for piece in group) - 1]
    parts: list[str] = []
    said = path
    for piece in group:
        if parts and piece.gap is not None:
            parts[-1] += piece.gap + piece.text[piece.shared :]
        else:
            headings = piece.path[max(len(_common([said, piece.path])), len(path)) :]
            parts.append("\n".join(line for line in (*headings, piece.header, piece.text) if line))
        said = piece.path
    return path, "\n\n".join(part for part in parts if part)


def _common(paths: list[Path]) -> Path:
    """The headings that all paths begin with."""
    shared = 0
    for names in zip(*paths, strict=False):
        if len(set(names)) > 1:
            break
        shared += 1
    return paths[0][:shared]
