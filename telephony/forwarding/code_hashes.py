"""Codes are kept as bcrypt hashes only. What keeps six digits from being guessed is that three guesses are all there
are; the hash keeps a copy of the table from telling a code that still counts."""

import bcrypt
from django.conf import settings


def hash_code(code: str) -> str:
    return bcrypt.hashpw(code.encode(), bcrypt.gensalt(settings.VERIFICATION_HASH_ROUNDS)).decode()


def is_code(code: str, hashed: str) -> bool:
    """Whether this is the code of that hash."""
    return bcrypt.checkpw(code.encode(), hashed.encode())
