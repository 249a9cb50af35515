"""Lines that redaction is measured by. All people, numbers and addresses in them are made up."""

from calls.tests.redaction_lines import contact, medical, money, national, ordinary

IDENTIFIERS: dict[str, tuple[str, ...]] = {
    "SSN": national.SSN,
    "NINO": national.NINO,
    "NHS": national.NHS,
    "ID": national.ID,
    "CARD": money.CARD,
    "ACCOUNT": money.ACCOUNT,
    "EMAIL": contact.EMAIL,
    "PHONE": contact.PHONE,
    "ADDRESS": contact.ADDRESS,
    "DOB": medical.DOB,
    "INSURANCE": medical.INSURANCE,
    "RECORD": medical.RECORD,
}
ORDINARY: dict[str, tuple[str, ...]] = {
    "prices": ordinary.PRICES,
    "times and dates": ordinary.TIMES,
    "counts": ordinary.COUNTS,
    "extensions and references": ordinary.EXTENSIONS,
    "talk and names": ordinary.TALK,
    "the caller's and clinic's numbers": ordinary.OWN_NUMBERS,
}
KNOWN_NUMBERS = (ordinary.KNOWN, ordinary.CLINIC)
