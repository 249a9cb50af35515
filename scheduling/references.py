"""Codes by which people name an appointment on the phone."""

import secrets

# Letters and digits that are not mistaken for one another on a phone line: no B/D/E/P/T/V, F/S, M/N, I/1, O/0, 5/9.
_LETTERS = "AHJKLQRWXYZ"
_DIGITS = "2346789"
DIGITS = 4


def new_reference() -> str:
    """A random code such as "KW4827": two letters and four digits, of which there are 290,000."""
    letters = (secrets.choice(_LETTERS) for _ in range(2))
    digits = (secrets.choice(_DIGITS) for _ in range(DIGITS))
    return "".join((*letters, *digits))
