"""Numbers of lines: read as they were typed, and refused where nobody could answer them."""

import re

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType, ValidationResult, shortnumberinfo

from orgs.models import E164_PATTERN
from telephony.forwarding.errors import InvalidPhone, NumberNotAllowed

LONGEST_INPUT = 40
_NO_LINES = {
    PhoneNumberType.PREMIUM_RATE: "Premium-rate numbers cannot be verified.",
    PhoneNumberType.SHARED_COST: "Shared-cost numbers cannot be verified.",
    PhoneNumberType.PAGER: "A pager cannot answer the verification call.",
    PhoneNumberType.VOICEMAIL: "A voicemail number cannot answer the verification call.",
}
_EMERGENCY = "Emergency numbers cannot be verified."
_ENTER_LINE = "Enter the phone line that your patients call."


def read_line(number: str) -> str:
    """A number that is E.164 already, and may be somebody's line.

    Raises:
        InvalidPhone: it is written in another way, or cannot be a number.
        NumberNotAllowed: an emergency service or a premium rate.
    """
    if not isinstance(number, str) or not re.fullmatch(E164_PATTERN, number):
        raise InvalidPhone
    parsed = _parse(number, "")
    _refuse_services(parsed)
    return number


def read_line_as_typed(text: str, *, country: str) -> str:
    """A number as somebody in `country` (ISO 3166-1) would write it, in E.164.

    Raises:
        InvalidPhone, NumberNotAllowed: as `read_line`; also for an extension or letters, which no call would reach.
    """
    typed = text.strip()
    if not typed or len(typed) > LONGEST_INPUT or any(sign.isalpha() for sign in typed):
        raise InvalidPhone
    if shortnumberinfo.is_emergency_number(typed, country):
        raise NumberNotAllowed(f"{_EMERGENCY} {_ENTER_LINE}")
    parsed = _parse(typed, country)
    if parsed.extension:
        raise InvalidPhone
    return read_line(phonenumbers.format_number(parsed, PhoneNumberFormat.E164))


def country_of(number: str, *, default: str = "US") -> str:
    """The country (ISO 3166-1) of a number in E.164; of several that share a code, the one it belongs to or the main
    one."""
    parsed = phonenumbers.parse(number)
    found = phonenumbers.region_code_for_number(parsed) or phonenumbers.region_code_for_country_code(
        parsed.country_code or 0
    )
    return found if found and found.isalpha() and found != "ZZ" else default


def group_digits(number: str) -> str:
    """A number in E.164 as people read it."""
    return phonenumbers.format_number(phonenumbers.parse(number), PhoneNumberFormat.INTERNATIONAL)


def _parse(text: str, country: str) -> PhoneNumber:
    try:
        parsed = phonenumbers.parse(text, country or None)
    except phonenumbers.NumberParseException as error:
        raise InvalidPhone from error
    if phonenumbers.is_possible_number_with_reason(parsed) != ValidationResult.IS_POSSIBLE:
        raise InvalidPhone
    return parsed


def _refuse_services(parsed: PhoneNumber) -> None:
    region = phonenumbers.region_code_for_country_code(parsed.country_code or 0)
    if shortnumberinfo.is_emergency_number(str(parsed.national_number), region):
        raise NumberNotAllowed(f"{_EMERGENCY} {_ENTER_LINE}")
    refusal = _NO_LINES.get(phonenumbers.number_type(parsed))
    if refusal:
        raise NumberNotAllowed(f"{refusal} {_ENTER_LINE}")
