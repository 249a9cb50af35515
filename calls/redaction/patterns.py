"""Identifiers that have a form in words and letters: dates of birth, emails, addresses, lettered national numbers."""

from dataclasses import dataclass

from calls.redaction.kinds import CERTAIN, LIKELY, STRONG, WEAK


@dataclass(frozen=True)
class Form:
    """A pattern in the syntax of the `regex` package and how sure it makes us; `context` as in `kinds`."""

    kind: str
    name: str
    regex: str
    score: float
    context: tuple[str, ...] = ()
    is_case_sensitive: bool = False


_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY = r"(?:[12]\d|3[01]|(?:0 ?)?[1-9])(?: ?(?:st|nd|rd|th))?"
_PAST_YEAR = r"(?:19 ?\d ?\d|20 ?0 ?\d|20 ?1 ?[0-5])"
_ANY_YEAR = r"(?:(?:19|20) ?\d ?\d|['’]?\d ?\d)"
_OF = r"(?:[ ,.\-/]+(?:day )?(?:of |the )*)"
_BIRTH = ("birth", "born", "dob", "birthday", "birthdate", "b")


def _dates(year: str) -> str:
    day_month = rf"(?<!\d)(?:\bthe )?{_DAY}{_OF}{_MONTH}{_OF}?{year}"
    month_day = rf"\b{_MONTH}{_OF}?(?:the )?{_DAY}{_OF}{year}"
    numbers = rf"(?<![\d£$€:])\d ?\d?(?:st|nd|rd|th)?{_OF}\d ?\d?(?:st|nd|rd|th)?{_OF}{year}"
    backwards = rf"\b{year}[-/. ]\d ?\d[-/. ]\d ?\d"
    return rf"(?:{day_month}|{month_day}|{numbers}|{backwards})(?![\d:])"


_BIRTHS = (
    Form("DOB", "a whole date of the past", _dates(_PAST_YEAR), STRONG, _BIRTH),
    Form(
        "DOB",
        "day of month of the century",
        rf"(?<!\d){_DAY} of the {_DAY},? ?(?:of )?(?:19 ?)?[4-9] ?\d\b",
        LIKELY,
        _BIRTH,
    ),
    Form(
        "DOB",
        "a day of the last century",
        rf"(?:(?<!\d)(?:\bthe )?{_DAY}{_OF}{_MONTH}|\b{_MONTH}{_OF}?(?:the )?{_DAY}){_OF}['’]?[4-9] ?\d\b(?! ?\d|:)"
        r"(?! ?(?:minutes?|mins?|hours?|pounds?|dollars?|euros?|people|per ?cent|%|units?))",
        LIKELY,
        _BIRTH,
    ),
    Form("DOB", "a whole date", _dates(_ANY_YEAR), WEAK, _BIRTH),
    Form(
        "DOB",
        "a part of a date",
        rf"\b(?:{_MONTH} (?:of )?{_PAST_YEAR}|(?:the )?{_DAY}{_OF}{_MONTH}|{_MONTH} (?:the )?{_DAY}|{_PAST_YEAR})\b"
        r"(?!\d)",
        WEAK,
        _BIRTH,
    ),
)

_PROVIDER = r"(?:g ?mail|google ?mail|hotmail|outlook|yahoo|icloud|i cloud|aol|btinternet|proton ?mail|live|me)"
_DOT = r"(?: ?\. ?| dot | point | period )"
_TOP = (
    r"(?:com|net|org|edu|gov|co|uk|nhs|ac|me|io|us|info|biz|ie|fr|de|clinic|health|example|dev|app|eu|ca|au|nl|es|it"
    r"|ch)"
)
_NOT_A_NAME = r"(?!(?:us|book|online|look|here|website|visit|now|or|and|me|out|anytime|site|it|them|page|find)\b)"
_JOINED = r"(?: ?[._+\-] ?| (?:dot|point|period|underscore|under score|dash|hyphen|plus) )"
_NAME = (
    rf"(?:\w{{1,40}}{_JOINED}){{0,5}}(?:(?<![\w'])(?:\w[ ,-]{{1,2}}){{2,24}})?{_NOT_A_NAME}\w{{1,40}}"
    rf"(?:{_JOINED}\w{{1,40}}){{0,3}}(?: \d+){{0,6}}"
)
_BORN_IN = Form("DOB", "a year alone", r"(?<=\bborn(?: back)? in (?:the )?)['’]?\d ?\d\b(?! ?\d)", STRONG)
_EMAILS = (
    Form("EMAIL", "written", r"[\w.+\-']{1,64}@[\w\-]{1,63}(?:\.[\w\-]{1,63})+", CERTAIN),
    Form("EMAIL", "spoken", rf"\b{_NAME} ?(?:@|\bat\b) ?(?:[\w-]+[ -])?[\w-]+(?:{_DOT}{_TOP}\b)+", STRONG),
    Form("EMAIL", "spoken provider", rf"\b{_NAME} ?(?:@|\bat\b) ?{_PROVIDER}(?:{_DOT}?(?:com|co uk))?\b", WEAK + 0.1,
         ("email", "e-mail", "mail", "emails")),
    Form("EMAIL", "well-known provider", rf"\b{_NAME} ?(?:@|\bat\b) ?(?:g ?mail|hotmail|btinternet|icloud)\b", LIKELY),
)  # fmt: skip

_STREET = r"(?:street|st|road|rd|avenue|ave|lane|ln|boulevard|blvd|terrace|crescent|parkway|pkwy|mews|highway|drive)"
_STREET_OR_WORD = (
    rf"(?:{_STREET}|close|court|ct|way|place|pl|gardens?|grove|square|sq|hill|park|circle|trail|row|rise|view|walk"
    r"|green)"
)
_NO_STREET = (
    r"(?!(?:minutes?|mins?|hours?|on|the|of|by|from|down|in|for|miles?|am|pm|and|or|to|we|you|i|is|are|at|please|a|an"
    r"|this|that|it|if|no|not|per|days?|weeks?|o'clock|pounds?|dollars?|with|your|my|our|their|all|can|do|just|so"
    r"|slots?|steps?|blocks?|doors?|streets?|lanes?|roads?|way)\b)"
)
_HOUSE = r"(?:(?:flat|apartment|apt|unit|suite|room) ?\d{1,4}[a-z]?,? )?\b\d{1,5}[a-z]?,? "
_STREET_NAME = rf"(?:(?:north|south|east|west|n|s|e|w) )?(?:{_NO_STREET}[\w']+ ){{1,3}}"
_UNIT = r"(?:,? (?:flat|apartment|apt|unit|suite|#) ?\d{1,5}[a-z]?\b)?"
_LIVING = (
    "address", "live", "lives", "living", "moved", "home", "flat", "apartment", "apt", "postcode", "zip", "postal",
    "reside", "road", "street",
)  # fmt: skip
_STATES = (
    "AL|AK|AZ|AR|CA|CO|CT|DE|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|NM|NY|NC|ND|OH|OK|OR"
    "|PA|RI|SC|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY|DC"
)
_ADDRESSES = (
    Form("ADDRESS", "house and street", rf"{_HOUSE}{_STREET_NAME}{_STREET}\b{_UNIT}", STRONG),
    Form("ADDRESS", "house and capitalised street",
         rf"\b\d{{1,5}}[a-zA-Z]?,? (?:[A-Z][\w']+ ){{1,3}}(?i:{_STREET_OR_WORD})\b(?i:{_UNIT})", STRONG,
         is_case_sensitive=True),
    Form("ADDRESS", "house and anything like a street", rf"{_HOUSE}{_STREET_NAME}{_STREET_OR_WORD}\b{_UNIT}", WEAK,
         _LIVING),
    Form("ADDRESS", "house by name", r"\b(?:[A-Z][\w']+ ){1,2}(?:Cottage|House|Lodge|Farm),? (?:[A-Z][\w']+ ){1,2}"
         r"(?:Street|Road|Lane|Avenue|Close|Drive)\b", STRONG, is_case_sensitive=True),
    Form("ADDRESS", "street and house",
         rf"\b[A-Z][\w']+ (?i:{_STREET}),? (?i:number|no\.?) ?\d{{1,5}}\b", STRONG, is_case_sensitive=True),
    Form("ADDRESS", "flat or apartment", r"\b(?:flat|apartment|apt)(?: number)? ?\d{1,4}[a-z]?\b", WEAK, _LIVING[:-2]),
    Form("ADDRESS", "box", r"\bp\.? ?o\.? box \d[\d ]*\d", STRONG),
    Form("ADDRESS", "postcode", r"\b(?:[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|GIR ?0AA)\b", STRONG - 0.05,
         is_case_sensitive=True),
    Form("ADDRESS", "spoken postcode",
         r"(?<![\w'])[a-z][ ,-]{0,2}[a-z]?[ ,-]{0,2}\d[ ,-]{0,2}[a-z\d]?[ ,-]{0,2}\d[ ,-]{0,2}[a-z][ ,-]{0,2}[a-z]"
         r"(?![\w'])",
         WEAK, _LIVING),
    Form("ADDRESS", "state and zip", rf"\b(?:{_STATES}),? \d{{5}}(?:-\d{{4}})?\b", STRONG, is_case_sensitive=True),
    Form("ADDRESS", "zip", r"(?<=\bzip(?: ?code)?[\w' ,:]{0,12}[ :])\d(?:[ -]?\d){4}(?:-\d{4})?", STRONG),
)  # fmt: skip

_NINO_START = r"(?!bg|gb|nk|kn|tn|nt|zz)[a-ceghj-prtw-z]"
_LETTERED = (
    Form("NINO", "written", r"\b(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d\d ?\d\d ?\d\d ?[A-D]\b",
         STRONG + 0.05, is_case_sensitive=True),
    Form("NINO", "spoken",
         r"(?<![\w'])[a-z][ ,.-]{0,2}[a-z][ ,.-]{0,2}(?:\d[ ,.-]{0,2}){6}[a-d](?![\w'])", WEAK + 0.3,
         ("national", "insurance", "ni", "nino")),
    Form("INSURANCE", "medicare", r"\b[1-9][A-Z][A-Z\d]\d[- ]?[A-Z][A-Z\d]\d[- ]?[A-Z]{2}\d\d\b", STRONG,
         is_case_sensitive=True),
    Form("ID", "driving licence", r"\b[A-Z9]{5} ?\d{6} ?[A-Z9]{2}\d[A-Z]{2}\b", STRONG, is_case_sensitive=True),
    Form("ACCOUNT", "pairs", r"\b\d ?\d[ ,-]+\d ?\d[ ,-]+\d ?\d\b", WEAK, ("sort",)),
    Form("ACCOUNT", "sort code", r"(?<=\bsort[ -]?code[\w' ,:]{0,12}[ :])\d ?\d[ -]*\d ?\d[ -]*\d ?\d", STRONG),
)  # fmt: skip

_IS = r"(?:\W+(?:is|it's|its|was|number|code|date|in|with|are|the|of|on|it|my|that's|s|digits|numbers|card)){0,6}\W+"
_CUED = (
    Form("CARD", "security code",
         rf"(?<=\b(?:cvv|cvc|cv2|(?<!social )security (?:code|number)|(?:three|3)[- ]digit code|digits on the back"
         rf"|back of the card|on the back){_IS})"
         r"\d ?\d ?\d ?\d?\b",
         STRONG),
    Form("CARD", "last digits of a card",
         r"(?<=\bcards?\b[\w' ]{0,30}\b(?:ending|ends|last four|last 4)(?: (?:in|with|are|is|digits|of))*\W+)"
         r"\d ?\d ?\d ?\d\b", STRONG),
    Form("CARD", "last digits, of a card",
         r"(?<=\blast (?:four|4)\b[\w' ]{0,20}\bcard\b(?:\W+(?:is|are|it's))*\W+)\d ?\d ?\d ?\d\b", STRONG),
    Form("CARD", "expiry",
         rf"(?<=\b(?:expiry|expires?|expiration|exp){_IS})"
         rf"(?:\d ?\d[ /.,-]{{1,3}}(?:20)?\d ?\d|{_MONTH}[ ,]+(?:20 ?)?\d ?\d)\b",
         LIKELY, ("card", "expiry", "expires", "expiration")),
    Form("CARD", "until when it is valid",
         r"(?<=\bvalid (?:until|till|thru|through|to)\W+)\d ?\d[ /.,-]{1,3}(?:20)?\d ?\d\b", WEAK, ("card",)),
    Form("SSN", "last digits",
         r"(?<=\b(?:social|ssn)\b[a-z' ]{0,30}?[ ,:])(?<!\d[ ,])\d ?\d ?\d ?\d\b(?! ?\d)", STRONG),
    Form("SSN", "last digits before",
         r"(?<=\blast (?:four|4)\b[\w' ]{0,24}\b(?:social|ssn)[a-z' ?]{0,24}[ ,:?])(?<!\d[ ,])"
         r"\d ?\d ?\d ?\d\b",
         STRONG),
)  # fmt: skip

FORMS: tuple[Form, ...] = (*_BIRTHS, _BORN_IN, *_EMAILS, *_ADDRESSES, *_LETTERED, *_CUED)
# What a text must have for a form of this kind to be in it: looked for first, for it is cheap.
NEEDED = {
    "DOB": r"\d",
    "EMAIL": r"@|\bat\b",
    "ADDRESS": r"\d|\b(?:street|road|lane|avenue|close|drive)\b",
    "NINO": r"\d",
    "INSURANCE": r"\d",
    "ID": r"\d",
    "ACCOUNT": r"\d",
    "CARD": r"\d",
    "SSN": r"\d",
}
