"""What people said or typed, made into data that cannot be read as anything else: no template, no mark, no second line.

Names, notes and summaries of earlier calls reach a model's instructions through here and nowhere else.
"""

import re
import unicodedata

_SPACE = re.compile(r"\s+")
# Templates, marks, headings, lists, code and tables: nothing that a name, a note or a summary needs.
_SIGNS = str.maketrans(dict.fromkeys("{}<>[]`\\|#*~^_=", " "))
_DASHES = re.compile(r"[-\u2010-\u2015\u2212]{2,}")
# Letters may carry marks; heaps of them only hide something.
_MOST_MARKS = 3
_ENDING = "..."


def as_data(text: str, *, limit: int) -> str:
    """One plain line of at most `limit` characters, cut between words where that is possible."""
    plain = unicodedata.normalize("NFKC", text[: limit * 8])
    plain = _without_hidden(plain).translate(_SIGNS)
    plain = _SPACE.sub(" ", _DASHES.sub("-", plain)).strip()
    return plain if len(plain) <= limit else _cut(plain, limit)


def _without_hidden(text: str) -> str:
    """Controls, direction marks, what is invisible, private or unassigned; and heaps of combining marks."""
    if text.isascii() and text.isprintable():
        return text  # nearly always
    kept, marks = [], 0
    for char in text:
        category = unicodedata.category(char)
        if category[0] == "C" or category in {"Zl", "Zp"}:
            kept.append(" " if char.isspace() or category[0] == "Z" else "")
            continue
        marks = marks + 1 if category[0] == "M" else 0
        if marks <= _MOST_MARKS:
            kept.append(char)
    return "".join(kept)


def _cut(text: str, limit: int) -> str:
    head = text[: limit - len(_ENDING)]
    whole_words = head.rsplit(" ", 1)[0]
    return (whole_words if len(whole_words) > limit // 2 else head).rstrip() + _ENDING
