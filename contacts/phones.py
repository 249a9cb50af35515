"""Phone numbers as people and providers write them, in the one form that is stored."""

import re

import phonenumbers

from orgs.models import E164_PATTERN

# What a carrier sends for a withheld number may parse as one; a person's number is never longer than this.
LONGEST_INPUT = 40
# ANONYMOUS, UNAVAILABLE, UNKNOWN, BLOCKED and RESTRICTED on the keys of a telephone: sent in place of a number.
WITHHELD = frozenset({"+266696687", "+86282452253", "+8656696", "+2562533", "+7378742833"})


def find_caller_number(shown: str) -> str:
    """The number that a carrier showed for a caller, or "" when it showed none: withheld, a SIP address, a word."""
    number = shown.strip()
    return number if re.fullmatch(E164_PATTERN, number) and number not in WITHHELD else ""


def find_e164(raw: str, *, country: str) -> str:
    """The number in E.164, read as somebody in `country` (ISO 3166-1) would dial it, or "" when it cannot be one."""
    if not raw or len(raw) > LONGEST_INPUT:
        return ""
    try:
        number = phonenumbers.parse(raw, country or None)
    except phonenumbers.NumberParseException:
        return ""
    # A number that works only within its own town is none that we could dial.
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        return ""
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return written if re.fullmatch(E164_PATTERN, written) else ""
