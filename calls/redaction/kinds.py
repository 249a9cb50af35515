"""What a run of digits may be: for each kind how sure its form alone makes us, and the words that settle it.

A form that proves nothing gets a score below the threshold; a word of the kind nearby lifts it above. `context` are
those words, alone and in lower case.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from calls.redaction.checksums import is_luhn, is_nhs_number, is_us_ssn
from calls.redaction.codes import Code

NEVER, WEAK, LIKELY, STRONG, CERTAIN = 0.0, 0.1, 0.55, 0.75, 0.95
_NANP = re.compile(r"1?[2-9]\d\d[2-9]\d{6}")
_ALSO_DATES = frozenset({6, 7, 8})


@dataclass(frozen=True)
class Kind:
    """One kind of number. `judge` says how sure a form makes us (0–1)."""

    name: str
    judge: Callable[[Code], float]
    context: tuple[str, ...]


def _card(code: Code) -> float:
    if code.letters:
        return NEVER
    if 13 <= len(code) <= 19 and is_luhn(code.digits):
        return CERTAIN
    return WEAK if 12 <= len(code) <= 19 or _answers(code, 3) else NEVER


def _ssn(code: Code) -> float:
    if code.letters:
        return NEVER
    if code.groups == (3, 2, 4) and is_us_ssn(code.digits):
        return STRONG
    return WEAK if len(code) == 9 or _answers(code, 3) else NEVER


def _nhs(code: Code) -> float:
    if code.letters:
        return NEVER
    if is_nhs_number(code.digits) and not code.is_international:
        return LIKELY if code.groups != (3, 3, 4) or _NANP.fullmatch(code.digits) else STRONG
    return WEAK if len(code) in {9, 10, 11} or _answers(code, 3) else NEVER


def _phone(code: Code) -> float:
    digits = code.digits
    if code.letters:
        return NEVER
    if code.is_international and 8 <= len(code) <= 15:
        return STRONG
    if digits.startswith("0") and 10 <= len(code) <= 11 and digits[1] != "0":
        return STRONG
    if _NANP.fullmatch(digits) or (digits.startswith("44") and len(code) == 12):
        return STRONG - 0.1
    if len(code) == 7 and (code.groups == (3, 4) or code.is_spelled):
        return LIKELY
    return WEAK if (6 <= len(code) <= 15 and code.is_like_an_identifier) or _answers(code, 3) else NEVER


def _account(code: Code) -> float:
    if code.letters:
        return NEVER
    return WEAK if 6 <= len(code) <= 17 or _answers(code, 4) else NEVER


def _insurance(code: Code) -> float:
    return WEAK if _could_be_a_reference(code, 5) else NEVER


def _record(code: Code) -> float:
    return WEAK if _could_be_a_reference(code, 4) else NEVER


def _identity(code: Code) -> float:
    return WEAK if _could_be_a_reference(code, 5) and len(code) + len(code.letters) >= 6 else NEVER


def _birth(code: Code) -> float:
    """Six to eight digits in answer to the question when somebody was born."""
    return WEAK if not code.letters and len(code) in _ALSO_DATES and (code.is_spelled or code.is_bare) else NEVER


def _zip(code: Code) -> float:
    return WEAK if not code.letters and (len(code) == 5 or code.groups == (5, 4)) else NEVER


def _number(code: Code) -> float:
    """Nobody says eight digits who does not name something by them, whatever it is."""
    years = all(size == 4 for size in code.groups) and re.fullmatch(r"(?:(?:19|20)\d\d)+", code.digits)
    if years or not code.is_like_an_identifier or (code.letters and not code.is_spelled):
        return NEVER
    if len(code) >= 8 or (len(code) == 7 and code.is_spelled):
        return LIKELY - 0.05
    return NEVER


def _part_of_a_number(code: Code) -> float:
    """What is called a number, or goes on with one."""
    if code.letters or not code.is_like_an_identifier:
        return NEVER
    return WEAK if len(code) == 7 or (_answers(code, 2) and code.is_spelled) else NEVER


def _could_be_a_reference(code: Code, least: int) -> bool:
    together = len(code) + min(len(code.letters), 4)
    is_in_pairs = len(code) >= 6 and max(code.groups) <= 2
    is_formed = bool(code.letters) or code.is_like_an_identifier or len(code.groups) == 1 or is_in_pairs
    return len(code) >= 2 and together >= least and len(code) <= 20 and is_formed


def _answers(code: Code, least: int) -> bool:
    """A part of a number, said as an answer: the rest comes in the next breath."""
    is_one_number = code.is_spelled or len(code.groups) == 1 or code.words_beside <= 1
    return code.is_bare and len(code) >= least and not code.letters and is_one_number


KINDS = (
    Kind(
        "CARD",
        _card,
        (
            "card", "cards", "visa", "mastercard", "amex", "debit", "credit", "cvv", "cvc", "expiry", "security",
            "digits",
        ),
    ),
    Kind("SSN", _ssn, ("ssn", "social", "socials")),
    Kind("NHS", _nhs, ("nhs",)),
    Kind(
        "PHONE",
        _phone,
        (
            "phone", "telephone", "mobile", "mobiles", "cell", "cellphone", "landline", "reach", "ring", "call", "text",
            "whatsapp", "fax", "line",
        ),
    ),
    Kind(
        "ACCOUNT",
        _account,
        (
            "account", "acct", "accounts", "aba", "checking", "savings", "sort", "routing", "bank", "iban", "barclays",
            "lloyds", "natwest", "chase", "hsbc", "santander", "monzo", "starling", "swift", "bic", "bacs", "debit",

        ),
    ),
    Kind(
        "INSURANCE",
        _insurance,
        (
            "policy", "member", "membership", "subscriber", "insurance", "insurer", "insured", "medicare", "medicaid",
            "group", "claim", "authorisation", "authorization", "preauthorisation", "preauthorization", "bupa", "axa",
            "aviva", "vitality", "aetna", "cigna", "humana", "kaiser", "anthem", "cross", "auth", "preauth", "approval",
            "beneficiary", "enrollee", "tricare", "certificate", "scheme", "uhc", "wpa", "shield", "insurers", "bin",
            "pcn",
        ),
    ),
    Kind(
        "RECORD",
        _record,
        (
            "mrn", "record", "records", "chart", "patient", "hospital", "chi", "medical", "file", "folder", "accession",
            "urn",
        ),
    ),
    Kind(
        "ID",
        _identity,
        (
            "passport", "licence", "license", "driving", "driver's", "drivers", "green", "resident", "permit", "state",
            "identity", "identification", "alien", "itin", "tax",
        ),
    ),
    Kind("DOB", _birth, ("birth", "born", "dob", "birthday", "birthdate", "b")),
    Kind("ADDRESS", _zip, ("zip", "zipcode", "postal", "postcode")),
    Kind("NUMBER", _number, ()),
    Kind("NUMBER", _part_of_a_number, ("number",)),
)  # fmt: skip
