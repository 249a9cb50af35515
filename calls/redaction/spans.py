"""Where in a text something stands that is to go."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# Two parts of one address with only a town between them are one.
LONGEST_TOWN = 32
_SOME_TOWN = (
    r"(?!(?:Thanks|Thank|Yes|Yeah|Okay|Ok|Please|But|And|So|That|It|The|I|My|No|Is|Right|Or|In|We|You)\b)"
    r"[A-Z][a-z]+(?: [A-Z][a-z]+)?"
)
_TOWN_AT_THE_END = re.compile(rf",? {_SOME_TOWN}(?:, {_SOME_TOWN})?(?=[.,?!]?\s*$)")
_WRONG = (
    r"(?:no|nope|sorry|i mean|actually|wait|hang on|hold on|rather|scratch that|correction|make that|oops|my mistake"
    r"|(?:let me )?start (?:again|over))"
)
_CORRECTION = rf"[\s,.;…-]*\b{_WRONG}(?:[\s,.;…-]+(?:{_WRONG}|um+|uh+|er+m?|it's|that's|the))*[\s,.;…-]+"
_TAKEN_BACK = re.compile(
    rf"(?:\b(?:the )?\d{{1,2}}(?:st|nd|rd|th)(?: of)?(?: [a-z]+)?|(?<![\w£$€])\d[\d ,.-]*\d){_CORRECTION}$", re.I
)
_SAID_INSTEAD = re.compile(rf"{_CORRECTION}\d(?:[\d ,.-]*\d)?\b", re.I)
FURTHEST_CORRECTION = 90
_NO_TOWN_WORDS = (
    "and or my the is in it its that's postcode post code zip at number then so yes no what was sorry wait mean"
    " actually but with for to on i you we"
)
_NO_TOWN = frozenset(_NO_TOWN_WORDS.split())


@dataclass(frozen=True)
class Span:
    """From `start` to before `end` stands something of this kind; `score` (0–1) is how sure that is."""

    start: int
    end: int
    kind: str
    score: float


def choose(spans: Iterable[Span], *, kept: Sequence[tuple[int, int]] = ()) -> list[Span]:
    """Spans that do not overlap, in order: the surest, then the longest. What stands in `kept` stays as it is."""
    chosen: list[Span] = []
    for span in sorted(
        _as_sure_as_their_parts([*spans]), key=lambda span: (-round(span.score, 2), span.start - span.end, span.start)
    ):
        taken = [(other.start, other.end) for other in chosen]
        if all(span.end <= start or end <= span.start for start, end in [*taken, *kept]):
            chosen.append(span)
    return sorted(chosen, key=lambda span: span.start)


def _as_sure_as_their_parts(spans: Sequence[Span]) -> list[Span]:
    """A whole date is at least as sure as the month and year in it."""
    return [
        Span(
            span.start,
            span.end,
            span.kind,
            max(
                other.score
                for other in spans
                if other.kind == span.kind and span.start <= other.start and other.end <= span.end
            ),
        )
        for span in spans
    ]


def join_addresses(spans: Iterable[Span], text: str) -> list[Span]:
    """House, town and postcode as one place where nothing but a town's name stands between them."""
    joined: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        last = joined[-1] if joined else None
        if last and last.kind == span.kind == "ADDRESS" and _is_town(text[last.end : span.start]):
            joined[-1] = Span(last.start, max(last.end, span.end), "ADDRESS", max(last.score, span.score))
        else:
            joined.append(span)
    return [_with_town(span, text) if span.kind == "ADDRESS" else span for span in joined]


def _with_town(span: Span, text: str) -> Span:
    town = _TOWN_AT_THE_END.match(text, span.end)
    return Span(span.start, town.end(), span.kind, span.score) if town else span


def take_in_corrections(spans: Iterable[Span], text: str) -> list[Span]:
    """What was said wrong before an identifier, and what was said right after it, goes with it."""
    whole, spans = [], list(spans)
    for span in spans:
        others = [(other.start, other.end) for other in spans if other.end <= span.start or span.end <= other.start]
        start, end = span.start, span.end
        before = _TAKEN_BACK.search(text, max(0, start - FURTHEST_CORRECTION), start)
        if before and not any(other < start and before.start() < ends for other, ends in others):
            start = before.start()
        after = _SAID_INSTEAD.match(text, end, end + FURTHEST_CORRECTION)
        if after and not any(other < after.end() and end < ends for other, ends in others):
            end = after.end()
        whole.append(Span(start, end, span.kind, span.score))
    return whole


def _is_town(between: str) -> bool:
    words = between.replace(",", " ").split()
    is_a_name = between.lstrip().startswith(",") or not _NO_TOWN & {word.lower() for word in words}
    return is_a_name and len(between) <= LONGEST_TOWN and len(words) <= 3 and all(word.isalpha() for word in words)
