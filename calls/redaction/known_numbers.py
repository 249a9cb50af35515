"""Telephone numbers that are no secret: the caller's own and the clinic's."""

from collections.abc import Sequence

# Beyond these the forms of a number differ: with or without a country's code, with or without a leading zero.
TELLING_DIGITS = 9
LOCAL_DIGITS = 6
LONGEST = 15


def digits_of(number: str) -> str:
    """The digits alone."""
    return "".join(char for char in number if char.isdigit())


def is_known(digits: str, known: Sequence[str]) -> bool:
    """Whether these digits are a known number, however it was written, or the local end of one."""
    if not LOCAL_DIGITS <= len(digits) <= LONGEST:
        return False
    tail = digits.lstrip("0")[-TELLING_DIGITS:]
    return any(number.endswith(tail) for number in known if tail)
