"""Numbers as people say them, as digits: "the twenty-first" is "the 21st", "half four" is "half 4"."""

import re

_ONES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
         "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")  # fmt: skip
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50}
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
             "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth",
             "nineteenth")  # fmt: skip
_ROUND_ORDINALS = {"twentieth": 20, "thirtieth": 30}

_CARDINAL = {word: value for value, word in enumerate(_ONES)}
_ORDINAL = {word: value for value, word in enumerate(_ORDINALS, start=1)}
_WORD = re.compile(
    rf"\b(?:(?P<tens>{'|'.join(_TENS)})(?:[- ](?P<unit>{'|'.join((*_ONES[1:10], *_ORDINALS[:9]))}))?"
    rf"|(?P<single>{'|'.join(sorted((*_ONES, *_ORDINALS, *_ROUND_ORDINALS), key=len, reverse=True))}))\b"
)
# "First thing" is a time of day, "a second" a length.
_NOT_NUMBERS = re.compile(r"\bfirst thing\b")


def digits_for_words(text: str) -> str:
    """Replace English numbers from zero to fifty-nine, and ordinals to thirty-first, in lower-case text."""
    kept = _NOT_NUMBERS.sub(lambda found: found.group().replace("first", "\0"), text)
    return _WORD.sub(_digits, kept).replace("\0", "first")


def _digits(found: re.Match[str]) -> str:
    if single := found["single"]:
        if single in _CARDINAL:
            return str(_CARDINAL[single])
        value = _ORDINAL.get(single) or _ROUND_ORDINALS[single]
        return _ordinal(value)
    value, unit = _TENS[found["tens"]], found["unit"]
    if not unit:
        return str(value)
    if unit in _ORDINAL:
        return _ordinal(value + _ORDINAL[unit])
    return str(value + _CARDINAL[unit])


def _ordinal(value: int) -> str:
    suffix = "th" if 10 < value < 14 else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
    return f"{value}{suffix}"
