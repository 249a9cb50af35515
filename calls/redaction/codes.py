"""Runs of digits, and codes of digits and letters, as one speaks or writes them: what an identifier is made of."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

_UUID = r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b"
_UNITS = (
    r"pounds?|dollars?|euros?|pence|quid|bucks|cents|per ?cent|units?|mls?|mg|grams?|kilos?|kg|cm|minutes?|mins?"
    r"|hours?|hrs?|days?|weeks?|months?|years?|sessions?|stone|miles?|times|people|slots?"
)
# What is no part of an identifier: times, prices, amounts, days, whatever has a unit.
_PLAIN_NUMBERS = re.compile(
    rf"{_UUID}|[£$€]\s?\d[\d,.]*|\b\d{{1,2}}:\d\d\b|\b\d{{1,3}}(?:,\d{{3}})+(?![\d,])|\b\d{{1,2}}[/.]\d{{1,2}}[/.]\d{{2,4}}\b"
    rf"|\b(?:19|20)\d\d-\d\d-\d\d\b|\b\d\d?-\d\d?-(?:19|20)\d\d\b|\b\d+(?:st|nd|rd|th)\b"
    rf"|\b\d+(?:\.\d+)?\s?(?:[ap]\.?m\b|o'clock|%|(?:{_UNITS})\b)"
    r"|(?<=\bat )(?:[01]?\d|2[0-3])[0-5]\d\b(?![ -]?\d)|(?<=\blast )[2-6]\b"
    r"|(?:(?<=\bin )|(?<=\bsince ))(?:19|20)\d\d\b(?![ -]?\d)",
    re.I,
)
_DIGITS = re.compile(r"\d+")
# Between two parts of one number: next to nothing, or a word that means nothing.
_FILLER = r"\b(?:u+m+|u+h+|e+r+m*|dash|hyphen|minus|space)\b"
_CLOSE = re.compile(rf"\s*[-.()+]?\s?[-()]?\s*(?<!\.\s)|[\s,.]*{_FILLER}[\s,.]*", re.I)
_FILLERS = re.compile(_FILLER, re.I)
_TOLL_FREE = re.compile(r"8(\d)\1")
_PAUSE = re.compile(r"\s*(?:[,;…]|\.{1,3})\s+")
# Capitals before a number that name its kind and are no part of it.
_NO_PREFIX = (
    r"(?!(?:SSN|NHS|MRN|CHI|ABA|BIC|IBAN|CVV|CVC|DOB|NI|ID|PIN|ZIP|TEL|UK|US|USA|NINO|BUPA|AXA|PO|EXT|NO|OK|AT|IS|ON|MY|BY|TO|I"
    r"|A)\b)"
)
_PREFIX = re.compile(
    rf"(?<![A-Za-z'])(?:{_NO_PREFIX}[A-Z]{{1,4}}[- ]?|A,? ?|(?:[B-HJ-Zb-hj-z][- ,]\s?){{1,4}}"
    r"(?:(?:and )?then |dash |hyphen )?"
    r"|[a-z]{1,4}-?"
    r"|(?!(?:dr|mr|st|mrs|nhs|ssn|mrn|dob|cvv|cvc|tv|gp|pm|hr)\b)[b-df-hj-np-tv-xz]{2,4} )$"
)
_SUFFIX = re.compile(
    r"[- ]?(?!(?:A|I|UK|US|OK|AM|PM|IS|IT|NO)\b)[A-Z]{1,3}(?![A-Za-z'])|-[a-z](?![A-Za-z'])"
    r"|(?:[- ,]\s?[B-HJ-Zb-hj-z](?![A-Za-z'])){1,3}"
)
_CODE = re.compile(
    r"(?<![\w-])(?=[A-Z/-]*\d[A-Z/-]*\d)(?=[\d/-]*[A-Z])[A-Z0-9]{1,20}(?:[-/][A-Z0-9]{1,12}){0,4}(?![\w-])"
    r"|(?<![\w/-])[a-z]{1,4}[-/]\d{2,10}(?:[-/][a-z\d]{1,10}){0,3}(?![\w-])"
)
_SPELLED = re.compile(r"(?<![\w'£$€])(?:[A-Za-z0-9][ ,-]{1,2}){4,24}[A-Za-z0-9](?![\w'])")
_WORDS = re.compile(r"[a-z']+", re.I)
# "I" and "a" beside what is spelled are words.
_LONE_WORDS = re.compile(r"(?:[aAiI][ ,-]+)+")
_LONE_WORDS_LAST = re.compile(r"(?:[ ,-]+[aAiI])+$")
MOST_WORDS_OF_AN_ANSWER = 4
LONGEST_NATIONAL = 11


@dataclass(frozen=True)
class Code:
    """One number or code that somebody said.

    Attributes:
        groups: how many digits stand together in each of its parts.
        shape: the original with each digit as "9", as in "999-99-9999".
        words_beside: how many words the line says beside its codes; an answer says few.
    """

    start: int
    end: int
    digits: str
    letters: str
    groups: tuple[int, ...]
    shape: str
    words_beside: int
    is_international: bool = False

    def __len__(self) -> int:
        return len(self.digits)

    @property
    def is_bare(self) -> bool:
        """Whether the line says little else."""
        return self.words_beside <= MOST_WORDS_OF_AN_ANSWER

    @property
    def is_spelled(self) -> bool:
        """Digit by digit, as nobody says a price or a time."""
        return sum(1 for size in self.groups if size <= 2) >= 3 and 1 in self.groups

    @property
    def is_like_an_identifier(self) -> bool:
        """Whether its shape alone says that it is no time, price or count."""
        return (
            sum(1 for size in self.groups if size == 1) >= 3
            or max(self.groups, default=0) >= 4
            or (max(self.groups, default=0) >= 3 and len(self.groups) >= 2)
            or self.is_international
            or bool(re.fullmatch(r"99-99-99", self.shape))
        )


def find_codes(text: str) -> list[Code]:
    """Every run of digits and every code, from a text whose spoken numbers are digits already."""
    plain = [found.span() for found in _PLAIN_NUMBERS.finditer(text)]
    spans = [*_runs(text, plain), *_written(text, plain), *_spelled(text, plain)]
    words = _words_beside(text, spans)
    return [_code(text, start, end, words_beside=words) for start, end in _largest(spans)]


def _runs(text: str, plain: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Digits that belong together, with the letters that they begin and end with."""
    parts = [found.span() for found in _DIGITS.finditer(text) if not _is_within(found.span(), plain)]
    run: list[tuple[int, int]] = []
    for part in [*parts, (-1, -1)]:
        if run and (part[0] < 0 or not _go_on(text, run, part)):
            yield _with_letters(text, run[0][0], run[-1][1])
            run = []
        run.append(part)


def _go_on(text: str, run: list[tuple[int, int]], part: tuple[int, int]) -> bool:
    gap = text[run[-1][1] : part[0]]
    if _CLOSE.fullmatch(gap):
        return True
    if not _PAUSE.fullmatch(gap):
        return False
    last, following = text[slice(*run[-1])], text[slice(*part)]
    if text[: run[0][0]].endswith("+") or _is_too_long_for_times(text, run):
        return True
    singles = sum(1 for start, end in run if end - start == 1)
    if len(last) == 2 and len(following) <= 2 and _is_said_in_pairs(text, [*run, part]):
        return True
    if _TOLL_FREE.fullmatch(last) and len(following) == 1:
        return True
    return (_is_said_singly(last) and _is_said_singly(following)) or singles >= 3 or text[run[0][0]] == "0"


def _is_said_in_pairs(text: str, run: list[tuple[int, int]]) -> bool:
    """Two digits, a pause, two digits; times have no pause between hour and minutes."""
    are_pairs = all(end - start == 2 for start, end in run[:-1])
    is_no_time = any(int(text[start:end]) >= 60 for start, end in run)
    have_pauses = all(_PAUSE.fullmatch(text[end:start]) for (_, end), (start, _) in pairwise(run))
    return (are_pairs and have_pauses) or is_no_time


def _is_too_long_for_times(text: str, run: list[tuple[int, int]]) -> bool:
    """Eight digits and more without a pause that ends them, one pair of which is no minute."""
    said = [text[start:end] for start, end in run]
    return sum(map(len, said)) >= 8 and any(len(pair) == 2 and int(pair) >= 60 for pair in said)


def _is_said_singly(digits: str) -> bool:
    return len(digits) == 1 or digits[0] == "0" or (len(digits) <= 3 and len(set(digits)) == 1)


def _with_letters(text: str, start: int, end: int) -> tuple[int, int]:
    before = _PREFIX.search(text, max(0, start - 12), start)
    after = _SUFFIX.match(text, end)
    start = before.start() if before else start
    if text[max(0, start - 2) : start].strip() in {"+", "(", "+("}:
        start -= len(text[max(0, start - 2) : start].lstrip())
    return start, after.end() if after else end


def _written(text: str, plain: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    return (found.span() for found in _CODE.finditer(text) if not _is_within(found.span(), plain))


def _spelled(text: str, plain: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    for found in _SPELLED.finditer(text):
        if sum(char.isdigit() for char in found.group()) >= 2 and not _is_within(found.span(), plain):
            said = found.group()
            lead, tail = _LONE_WORDS.match(said), _LONE_WORDS_LAST.search(said)
            yield found.start() + (lead.end() if lead else 0), found.start() + (tail.start() if tail else len(said))


def _is_within(span: tuple[int, int], plain: list[tuple[int, int]]) -> bool:
    return any(start < span[1] and span[0] < end for start, end in plain)


def _largest(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Each place once, as the longest of what was found there."""
    chosen: list[tuple[int, int]] = []
    for span in sorted(spans, key=lambda span: span[0] - span[1]):
        if all(span[1] <= start or end <= span[0] for start, end in chosen):
            chosen.append(span)
    return sorted(chosen)


def _words_beside(text: str, spans: list[tuple[int, int]]) -> int:
    rest, at = [], 0
    for start, end in _largest(spans):
        rest.append(text[at:start])
        at = end
    return len(_WORDS.findall(" ".join([*rest, text[at:]])))


def _code(text: str, start: int, end: int, *, words_beside: int) -> Code:
    said = text[start:end]
    return Code(
        start=start,
        end=end,
        digits="".join(char for char in said if char.isdigit()),
        letters="".join(char for char in _FILLERS.sub("", said) if char.isalpha()),
        groups=tuple(len(part) for part in _DIGITS.findall(said)),
        shape=_DIGITS.sub(lambda found: "9" * len(found.group()), said),
        words_beside=words_beside,
        is_international=said.startswith("+") or (said.startswith("00") and len(said) > LONGEST_NATIONAL),
    )
