"""Lines that redaction is measured by. All people, numbers and addresses in them are made up."""

from calls.tests.redaction_lines import contact, later, medical, money, national, ordinary

IDENTIFIERS: dict[str, tuple[str, ...]] = {
    "SSN": (*national.SSN, *later.SSN),
    "NINO": (*national.NINO, *later.NINO),
    "NHS": (*national.NHS, *later.NHS),
    "ID": (*national.ID, *later.ID),
    "CARD": (*money.CARD, *later.CARD),
    "ACCOUNT": (*money.ACCOUNT, *later.ACCOUNT),
    "EMAIL": (*contact.EMAIL, *later.EMAIL),
    "PHONE": (*contact.PHONE, *later.PHONE),
    "ADDRESS": (*contact.ADDRESS, *later.ADDRESS),
    "DOB": (*medical.DOB, *later.DOB),
    "INSURANCE": (*medical.INSURANCE, *later.INSURANCE),
    "RECORD": (*medical.RECORD, *later.RECORD),
}
ORDINARY: dict[str, tuple[str, ...]] = {
    "prices": ordinary.PRICES,
    "times and dates": ordinary.TIMES,
    "counts": ordinary.COUNTS,
    "extensions and references": ordinary.EXTENSIONS,
    "talk and names": ordinary.TALK,
    "the caller's and clinic's numbers": ordinary.OWN_NUMBERS,
    "all of these": later.ORDINARY,
}
KNOWN_NUMBERS = (ordinary.KNOWN, ordinary.CLINIC)
