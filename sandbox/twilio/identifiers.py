"""Twilio's identifiers, dates and phone numbers."""

import re
import secrets
from datetime import UTC, datetime
from email.utils import format_datetime

VERSION = "2010-04-01"
ACCOUNT_SID = re.compile(r"AC[0-9a-f]{32}")
AUTH_TOKEN = re.compile(r"[0-9a-f]{32}")
ADDRESS_SID = re.compile(r"AD[0-9a-f]{32}")
E164 = re.compile(r"\+[1-9]\d{6,14}")

MAGIC = "+1500555000"
"""What Twilio's test numbers begin with."""
MAGIC_GOOD = "+15005550006"


def new_sid(prefix: str) -> str:
    """Return a fresh identifier: two letters and 32 hex digits."""
    return prefix + secrets.token_hex(16)


def is_number(text: str) -> bool:
    """Whether this is a phone number in E.164."""
    return E164.fullmatch(text) is not None


def is_magic(number: str) -> bool:
    """Whether this is one of Twilio's test numbers."""
    return number.startswith(MAGIC) and len(number) == len(MAGIC_GOOD)


def friendly(number: str) -> str:
    """Write a number as Twilio shows it: North American ones in brackets, others as they are."""
    if re.fullmatch(r"\+1\d{10}", number):
        return f"({number[2:5]}) {number[5:8]}-{number[8:]}"
    return number


def rfc2822(iso: str | None) -> str | None:
    """Write a stored time as Twilio does."""
    if not iso:
        return None
    return format_datetime(datetime.fromisoformat(iso).astimezone(UTC)).replace("GMT", "+0000")
