"""Lines that redaction is measured by. All people, numbers and addresses in them are made up."""

from calls.tests.redaction_lines import (
    afresh,
    afterwards,
    contact,
    last,
    later,
    medical,
    money,
    national,
    newest,
    ordinary,
)

IDENTIFIERS: dict[str, tuple[str, ...]] = {
    "SSN": (*national.SSN, *later.SSN, *afresh.SSN, *afterwards.SSN, *last.SSN, *newest.SSN),
    "NINO": (*national.NINO, *later.NINO, *afresh.NINO, *afterwards.NINO, *last.NINO, *newest.NINO),
    "NHS": (*national.NHS, *later.NHS, *afresh.NHS, *afterwards.NHS, *last.NHS, *newest.NHS),
    "ID": (*national.ID, *later.ID, *afresh.ID, *afterwards.ID, *last.ID),
    "CARD": (*money.CARD, *later.CARD, *afresh.CARD, *afterwards.CARD, *last.CARD, *newest.CARD),
    "ACCOUNT": (*money.ACCOUNT, *later.ACCOUNT, *afresh.ACCOUNT, *afterwards.ACCOUNT, *last.ACCOUNT, *newest.ACCOUNT),
    "EMAIL": (*contact.EMAIL, *later.EMAIL, *afresh.EMAIL, *afterwards.EMAIL, *last.EMAIL, *newest.EMAIL),
    "PHONE": (*contact.PHONE, *later.PHONE, *afresh.PHONE, *afterwards.PHONE, *last.PHONE, *newest.PHONE),
    "ADDRESS": (*contact.ADDRESS, *later.ADDRESS, *afresh.ADDRESS, *afterwards.ADDRESS, *last.ADDRESS, *newest.ADDRESS),
    "DOB": (*medical.DOB, *later.DOB, *afresh.DOB, *afterwards.DOB, *last.DOB, *newest.DOB),
    "INSURANCE": (
        *medical.INSURANCE,
        *later.INSURANCE,
        *afresh.INSURANCE,
        *afterwards.INSURANCE,
        *last.INSURANCE,
        *newest.INSURANCE,
    ),
    "RECORD": (*medical.RECORD, *later.RECORD, *afresh.RECORD, *afterwards.RECORD, *last.RECORD, *newest.RECORD),
}
ORDINARY: dict[str, tuple[str, ...]] = {
    "prices": ordinary.PRICES,
    "times and dates": ordinary.TIMES,
    "counts": ordinary.COUNTS,
    "extensions and references": ordinary.EXTENSIONS,
    "talk and names": ordinary.TALK,
    "the caller's and clinic's numbers": ordinary.OWN_NUMBERS,
    "all of these": later.ORDINARY,
    "all of these, afresh": (*afresh.ORDINARY, *afterwards.ORDINARY, *last.ORDINARY, *newest.ORDINARY),
}
KNOWN_NUMBERS = (ordinary.KNOWN, ordinary.CLINIC)
