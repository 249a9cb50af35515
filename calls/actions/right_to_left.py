"""Text in Hebrew, Arabic and their kin, for a writer that sets one character after another from left to right.

Two things are done by hand: Arabic letters take the form of their place in the word, and a line's characters are put in
the order in which they stand on paper. The forms are read from the Unicode database.
"""

import unicodedata
from functools import cache

from fpdf.bidi import BidiParagraph

Forms = dict[str, dict[str, str]]
_FORM_BLOCKS = (*range(0xFB50, 0xFE00), *range(0xFE70, 0xFEFD))
_LAM = "ل"
_JOINER = "ـ"
_MIRRORED = str.maketrans("()[]{}<>«»‹›", ")(][}{><»«›‹")


def is_right_to_left(text: str) -> bool:
    """Whether anything of it is written from right to left."""
    return any(unicodedata.bidirectional(character) in {"R", "AL"} for character in text)


def join_letters(text: str) -> str:
    """Arabic letters in the forms that their neighbours ask for; everything else as it is."""
    forms, joined = _forms(), list[str]()
    characters = list(text)
    at, joins_before = 0, False
    while at < len(characters):
        character = characters[at]
        if unicodedata.combining(character):
            joined.append(character)
            at += 1
            continue
        known, width = forms.get(character, {}), 1
        following = _next_letter(characters, at)
        pair = forms.get(character + (characters[following] if following else "")) if character == _LAM else None
        if pair and following == at + 1:
            known, width = pair, 2
        joins_after = "initial" in known and _takes_join(characters, _next_letter(characters, at + width - 1), forms)
        joined.append(known.get(_form(joins_before, joins_after), "") or character)
        joins_before = joins_after or character == _JOINER
        at += width
    return "".join(joined)


def in_written_order(line: str) -> str:
    """One line's characters as they stand on paper from left to right."""
    characters = BidiParagraph(line).get_reordered_characters()
    return "".join(
        one.character.translate(_MIRRORED) if one.embedding_level % 2 else one.character for one in characters
    )


def _form(before: bool, after: bool) -> str:
    if before:
        return "medial" if after else "final"
    return "initial" if after else "isolated"


def _next_letter(characters: list[str], at: int) -> int:
    """Where the next character stands that is no mark upon another; 0 at the end."""
    return next((place for place in range(at + 1, len(characters)) if not unicodedata.combining(characters[place])), 0)


def _takes_join(characters: list[str], place: int, forms: Forms) -> bool:
    return bool(place) and (characters[place] == _JOINER or "final" in forms.get(characters[place], {}))


@cache
def _forms() -> Forms:
    """By letter, or by the pair that is written as one: its isolated, initial, medial and final form."""
    found: Forms = {}
    for code in _FORM_BLOCKS:
        form, _, base = unicodedata.decomposition(chr(code)).partition(" ")
        letters = "".join(chr(int(part, 16)) for part in base.split())
        is_pair = len(letters) == 2 and letters[0] == _LAM and letters[1] in "آأإا"
        if form.startswith("<") and (len(letters) == 1 or is_pair):
            found.setdefault(letters, {}).setdefault(form.strip("<>"), chr(code))
    return found
