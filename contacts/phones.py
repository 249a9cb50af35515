"""Phone numbers as people and providers write them, in the one form that is stored."""

import re

import phonenumbers

from orgs.models import E164_PATTERN

# What a carrier sends for a withheld number may parse as one; a person's number is never longer than this.
LONGEST_INPUT = 40


def find_e164(raw: str, *, country: str) -> str:
    """The number in E.164, read as somebody in `country` (ISO 3166-1) would dial it, or "" when it cannot be one."""
    if not raw or len(raw) > LONGEST_INPUT:
        return ""
    try:
        number = phonenumbers.parse(raw, country or None)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return written if re.fullmatch(E164_PATTERN, written) else ""
