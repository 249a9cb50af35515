"""What an assistant is given of the passages that were found: whole, or the sentences that fit the question."""

import re
from collections.abc import Sequence

from agents.prompting.cleaning import clean_line
from knowledge.searching.words import terms_of
from knowledge.settings import SETTINGS
from knowledge.types import Passage

# A passage of which less than this would fit is left out.
_SHORTEST = 80
# The best passages may take more than their even share of the room.
_HEAD_START = 1.6
# Letters of a word that tell whether a sentence is about it: "cancelling" and "cancellation" alike.
_STEM = 5
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")


def context_of(passages: Sequence[Passage], *, query: str) -> str:
    """The passages, one a line, each behind its headings and page; at most `max_context_length` characters.

    It is safe to stand in a prompt: text of documents is data, without templates and marks of ours.
    """
    lines: list[str] = []
    left = SETTINGS.max_context_length
    for place, passage in enumerate(passages):
        label = label_of(passage)
        share = min(left, round(left / (len(passages) - place) * _HEAD_START))
        if share - len(label) < _SHORTEST:
            continue
        line = f"{label}{excerpt(passage.content, query=query, room=share - len(label))}"
        lines.append(line)
        left -= len(line) + 1
    return "\n".join(lines)


def excerpt(content: str, *, query: str, room: int) -> str:
    """The content on one line; if it does not fit, neighbouring sentences of it, those that name most of the query."""
    sentences = [line for part in _SENTENCE.split(content) if (line := clean_line(part))]
    whole = " ".join(sentences)
    if len(whole) <= room:
        return whole
    best = _most_telling(sentences, query)
    first = last = best
    length = len(sentences[best])
    if length > room:
        return _cut(sentences[best], room)
    while True:
        if last + 1 < len(sentences) and length + 1 + len(sentences[last + 1]) <= room:
            last += 1
            length += 1 + len(sentences[last])
        elif first > 0 and length + 1 + len(sentences[first - 1]) <= room:
            first -= 1
            length += 1 + len(sentences[first])
        else:
            return " ".join(sentences[first : last + 1])


def _most_telling(sentences: Sequence[str], query: str) -> int:
    terms = terms_of(query)
    stems = [{word[:_STEM] for word in (term.word, *term.others)} for term in terms]
    signs = [re.compile(term.sign_here) for term in terms if term.sign]
    counts = [
        sum(any(stem in sentence.lower() for stem in wanted) for wanted in stems)
        + sum(sign.search(sentence) is not None for sign in signs)
        for sentence in sentences
    ]
    return counts.index(max(counts))


def _cut(sentence: str, room: int) -> str:
    """The beginning, up to the end of a word."""
    return sentence[: room + 1].rsplit(" ", 1)[0][:room]


def label_of(passage: Passage) -> str:
    """What a passage stands under, before its text."""
    headings = clean_line(", ".join(passage.heading_path or (passage.document_title,)))[:200]
    page = f" (page {passage.page})" if passage.page else ""
    return f"{headings}{page}: "
