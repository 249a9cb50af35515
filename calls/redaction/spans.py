"""Where in a text something stands that is to go."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# Two parts of one address with only a town between them are one.
LONGEST_TOWN = 32


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
    for span in sorted(spans, key=lambda span: (-round(span.score, 2), span.start - span.end, span.start)):
        taken = [(other.start, other.end) for other in chosen]
        if all(span.end <= start or end <= span.start for start, end in [*taken, *kept]):
            chosen.append(span)
    return sorted(chosen, key=lambda span: span.start)


def join_addresses(spans: Iterable[Span], text: str) -> list[Span]:
    """House, town and postcode as one place where nothing but a town's name stands between them."""
    joined: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        last = joined[-1] if joined else None
        if last and last.kind == span.kind == "ADDRESS" and _is_town(text[last.end : span.start]):
            joined[-1] = Span(last.start, max(last.end, span.end), "ADDRESS", max(last.score, span.score))
        else:
            joined.append(span)
    return joined


def _is_town(between: str) -> bool:
    words = between.replace(",", " ").split()
    is_a_name = between.lstrip().startswith(",") or between.istitle() or not words
    return is_a_name and len(between) <= LONGEST_TOWN and len(words) <= 3 and all(word.isalpha() for word in words)
