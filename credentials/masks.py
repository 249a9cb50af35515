"""What may be shown of a value that is kept secret or private."""

import phonenumbers

_SHOWN_OF_SID = 6
_SHOWN_OF_PHONE = 4


def mask_phone(number: str) -> str:
    """`+1•••••1234` for an E.164 number: its country code and its last four digits."""
    if not number:
        return ""
    try:
        country = f"+{phonenumbers.parse(number).country_code}"
    except phonenumbers.NumberParseException:
        country = number[:2]
    return f"{country}•••••{number[-_SHOWN_OF_PHONE:]}"


def mask_sid(sid: str) -> str:
    """`AC1234…`: enough to tell two accounts apart."""
    return f"{sid[:_SHOWN_OF_SID]}…" if sid else ""
