"""Identifiers that have a form in words and letters: dates of birth, emails, addresses, lettered national numbers."""

from calls.redaction.cued import CUED
from calls.redaction.forms import MONTH, SOME_MONTH, Form
from calls.redaction.kinds import CERTAIN, LIKELY, STRONG, WEAK

_DAY = r"(?:[12]\d|3[01]|(?:0 ?)?[1-9])(?: ?(?:st|nd|rd|th))?"
_PAST_YEAR = r"(?:19 ?\d ?\d|20 ?0 ?\d|20 ?1 ?[0-5])"
_ANY_YEAR = r"(?:(?:19|20) ?\d ?\d|['’]?\d ?\d)"
_OF = r"(?:[ ,.\-/…]+(?:day )?(?:(?:of|the|uh+|um+|erm?)[ ,.…]+)*)"
_BIRTH = ("birth", "born", "dob", "birthday", "birthdate", "b")


def _dates(year: str) -> str:
    day_month = rf"(?<!\d)(?:\bthe )?{_DAY}{_OF}{MONTH}{_OF}?{year}"
    month_day = rf"\b{MONTH}{_OF}?(?:the )?{_DAY}{_OF}{year}"
    numbers = rf"(?<![\d£$€:])\d ?\d?(?:st|nd|rd|th)?{_OF}\d ?\d?(?:st|nd|rd|th)?{_OF}{year}"
    backwards = rf"\b{year}[-/. ]\d ?\d[-/. ]\d ?\d"
    return rf"(?:{day_month}|{month_day}|{numbers}|{backwards})(?![\d:])"


_BIRTHS = (
    Form("DOB", "a whole date of the past", _dates(_PAST_YEAR), STRONG, _BIRTH, needed=r"19|20"),
    Form(
        "DOB",
        "day of month of the century",
        rf"(?<!\d){_DAY} of the {_DAY},? ?(?:of )?(?:19 ?)?[4-9] ?\d\b",
        LIKELY,
        _BIRTH,
        needed=r"of the",
    ),
    Form(
        "DOB",
        "a day of the last century",
        rf"(?:(?<!\d)(?:\bthe )?{_DAY}{_OF}{MONTH}|\b{MONTH}{_OF}?(?:the )?{_DAY}){_OF}['’]?[4-9] ?\d\b(?! ?\d|:)"
        r"(?! ?(?:minutes?|mins?|hours?|pounds?|dollars?|euros?|people|per ?cent|%|units?))",
        LIKELY,
        _BIRTH,
        needed=SOME_MONTH,
    ),
    Form("DOB", "a whole date", _dates(_ANY_YEAR), WEAK, _BIRTH, needed=r"\d[^\d:]+\d"),
    Form(
        "DOB",
        "a part of a date",
        rf"\b(?:{MONTH} (?:of )?{_PAST_YEAR}(?:,? (?:on )?the {_DAY})?"
        rf"|(?:the )?{_DAY}{_OF}{MONTH}|{MONTH} (?:the )?{_DAY}|{_PAST_YEAR})\b"
        r"(?!\d)",
        WEAK,
        _BIRTH,
        needed=rf"{SOME_MONTH}|19|20",
    ),
)

_PROVIDER = r"(?:g ?mail|google ?mail|hotmail|outlook|yahoo|icloud|i cloud|aol|btinternet|proton ?mail|live|me)"
_DOT = r"(?: ?\. ?| dot | point | period )"
_SOME_DOT = r"(?:@|\bat\b).*?(?:\.|dot|point|period)"
_TOP = (
    r"(?:com|net|org|edu|gov|co|uk|nhs|ac|me|io|us|info|biz|ie|fr|de|clinic|health|example|dev|app|eu|ca|au|nl|es|it"
    r"|ch|pl|pt|ro|be|at|dk|se|no|fi|gr|cz|nz|za|in|jp|tv|ai|xyz|studio|design|online|shop|store|site|tech|agency"
    r"|media|group|team|email|name|pro|law|club|cloud|space|blog|art|house|garden|life|care|dental|doctor|fitness"
    r"|yoga|world|academy|school|church|farm|solutions|services|consulting|photography|london|scot|wales|cymru|mil)"
)
_NOT_A_NAME = r"(?!(?:us|book|online|look|here|website|visit|now|or|and|me|out|anytime|site|it|them|page|find)\b)"
_JOINED = r"(?: ?[._+\-] ?| (?:dot|point|period|underscore|under score|dash|hyphen|plus) )"
_AT = r"(?:@|\b(?:the )?at(?:(?: the)? (?:sign|symbol))?\b)"
_DOMAIN = (
    r"(?:(?:[a-z\d][ ,-]{1,2}){2,16}[\w-]*|(?:(?!(?:on|look|us|you|we|up|the|go|our|is|it|or|to|then|my|visit|in)\b)"
    r"[\w-]+[ -]){0,3}[\w-]+)"
)
_NAME = (
    rf"(?:(?:(?<![\w'])(?:[a-z][ ,-]{{1,2}}){{1,24}})?\w{{1,40}}{_JOINED}){{0,5}}"
    rf"(?:(?<![\w'])(?:\w[ ,-]{{1,2}}){{2,24}})?{_NOT_A_NAME}\w{{1,40}}"
    rf"(?:{_JOINED}\w{{1,40}}){{0,3}}(?:(?<={_JOINED}\w{{1,40}}) \w{{1,40}}(?= \d))?(?: \d+){{0,6}}"
)
# "smith, that's S M I T H, at …"
_SPELT = (
    r"(?:(?!(?:so|and|yes|yeah|right|ok|okay|then|think|it|well|no)\b)"
    r"\w{2,40},? (?:that's|that is|spelled|spelt),? (?=(?:\w[ ,-]{1,2}){2}))?"
)
_BORN_YEAR = Form(
    "DOB", "a year for an answer", r"\A\W*(?:(?:it's|in|um+|uh+|er|year|the)\W+)*['’]?[2-9] ?\d\W*\Z", WEAK, _BIRTH
)
_CHILD = Form(
    "DOB",
    "a day of a child",
    _dates(r"20 ?(?:1 ?[6-9]|2 ?[0-5])"),
    WEAK,
    (*_BIRTH, "son", "daughter", "baby", "child", "twins"),
    needed=r"20 ?[12]",
)
_BORN_IN = Form("DOB", "a year alone", r"(?<=\bborn(?: back)? in (?:the )?)['’]?\d ?\d\b(?! ?\d)", STRONG)
_EMAILS = (
    Form("EMAIL", "written", r"[\w.+\-']{1,64}@[\w\-]{1,63}(?:\.[\w\-]{1,63})+", CERTAIN),
    Form(
        "EMAIL",
        "spoken",
        rf"\b{_SPELT}{_NAME},? ?{_AT} ?(?:the )?{_DOMAIN}(?:{_DOT}{_TOP}\b)+",
        STRONG,
        needed=_SOME_DOT,
    ),
    Form(
        "EMAIL",
        "any ending",
        rf"\b{_SPELT}{_NAME},? ?{_AT} ?(?:the )?{_DOMAIN}(?:{_DOT}[a-z]{{2,12}}\b)+",
        WEAK,
        ("email", "e-mail", "mail", "emails", "address"),
        needed=_SOME_DOT,
    ),
    Form(
        "EMAIL",
        "spoken provider",
        rf"\b{_NAME} ?{_AT} ?{_PROVIDER}(?:{_DOT}?(?:com|co uk))?\b",
        WEAK + 0.1,
        ("email", "e-mail", "mail", "emails"),
        needed=_PROVIDER,
    ),
    Form(
        "EMAIL",
        "well-known provider",
        rf"\b{_NAME} ?{_AT} ?(?:g ?mail|hotmail|btinternet|icloud)\b",
        LIKELY,
        needed=_PROVIDER,
    ),
)

_STREET = r"(?:street|st|road|rd|avenue|ave|lane|ln|boulevard|blvd|terrace|crescent|parkway|pkwy|mews|highway|drive)"
_STREET_OR_WORD = (
    rf"(?:{_STREET}|close|court|ct|way|place|pl|gardens?|grove|square|sq|hill|park|circle|trail|row|rise|view|walk"
    r"|green|yard|parade|approach|loop|path|plaza|quay"
    r"|wharf|alley|turnpike|broadway|heights|fields|meadows?|villas"
    r"|cottages|mansions|estate|croft|vale)"
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
    "address",
    "live",
    "lives",
    "living",
    "moved",
    "home",
    "flat",
    "apartment",
    "apt",
    "postcode",
    "zip",
    "postal",
    "reside",
    "road",
    "street",
    "post",
)
_STATES = (
    "AL|AK|AZ|AR|CA|CO|CT|DE|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|NM|NY|NC|ND|OH|OK|OR"
    "|PA|RI|SC|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY|DC"
)
_STATE_NAMES = (
    "alabama|alaska|arizona|arkansas|california|colorado|connecticut|delaware|florida|georgia|hawaii|idaho|illinois"
    "|indiana|iowa|kansas|kentucky|louisiana|maine|maryland|massachusetts|michigan|minnesota|mississippi|missouri"
    "|montana|nebraska|nevada|new hampshire|new jersey|new mexico|new york|north carolina|north dakota|ohio|oklahoma"
    "|oregon|pennsylvania|rhode island|south carolina|south dakota|tennessee|texas|utah|vermont|virginia|washington"
    "|west virginia|wisconsin|wyoming"
)
_ADDRESSES = (
    Form("ADDRESS", "house and street", rf"{_HOUSE}{_STREET_NAME}{_STREET}\b{_UNIT}", STRONG, needed=rf"\b{_STREET}\b"),
    Form(
        "ADDRESS",
        "house and capitalised street",
        rf"\b\d{{1,5}}[a-zA-Z]?,? (?:[A-Z][\w']+ ){{1,3}}(?i:{_STREET_OR_WORD})\b(?i:{_UNIT})",
        STRONG,
        is_case_sensitive=True,
        needed=rf"\b{_STREET_OR_WORD}\b",
    ),
    Form(
        "ADDRESS",
        "house and anything like a street",
        rf"{_HOUSE}{_STREET_NAME}{_STREET_OR_WORD}\b{_UNIT}",
        WEAK,
        _LIVING,
        needed=rf"\b{_STREET_OR_WORD}\b",
    ),
    Form(
        "ADDRESS",
        "house by name",
        r"\b(?:[A-Z][\w']+ ){1,2}(?:Cottage|House|Lodge|Farm|Rectory|Vicarage|Barn|Mill|Manor|Grange|Forge|Stables),?"
        r" (?:[A-Z][\w']+ ){1,2}"
        r"(?:Street|Road|Lane|Avenue|Close|Drive)\b",
        STRONG,
        is_case_sensitive=True,
    ),
    Form(
        "ADDRESS",
        "street and house",
        rf"\b[A-Z][\w']+ (?i:{_STREET}),? (?i:number|no\.?) ?\d{{1,5}}\b",
        STRONG,
        is_case_sensitive=True,
    ),
    Form(
        "ADDRESS",
        "house and a street with its article",
        r"\b\d{1,4}[a-zA-Z]?,? The [A-Z][\w']+(?: [A-Z][\w']+)?(?:, (?:[A-Z][\w']+ ){1,2}"
        rf"(?i:{_STREET_OR_WORD})\b)?",
        STRONG,
        is_case_sensitive=True,
        needed=r"\d[a-z]?,? the\b",
    ),
    Form("ADDRESS", "flat or apartment", r"\b(?:flat|apartment|apt)(?: number)? ?\d{1,4}[a-z]?\b", WEAK, _LIVING[:-2]),
    Form("ADDRESS", "box", r"\bp\.? ?o\.? box \d[\d ]*\d", STRONG, needed=r"\bbox\b"),
    Form(
        "ADDRESS",
        "postcode",
        r"\b(?:[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|GIR ?0AA)\b",
        STRONG - 0.05,
        is_case_sensitive=True,
    ),
    Form(
        "ADDRESS",
        "spoken postcode",
        r"(?<![\w'])[a-z][ ,-]{0,2}[a-z0]?[ ,-]{0,2}\d[ ,-]{0,2}[a-z\d]?[ ,-]{0,2}\d[ ,-]{0,2}[a-z][ ,-]{0,2}[a-z]"
        r"(?![\w'])",
        WEAK,
        _LIVING,
    ),
    Form(
        "ADDRESS",
        "state and zip",
        rf"\b(?:{_STATES}),? \d{{5}}(?:-\d{{4}})?\b",
        STRONG,
        is_case_sensitive=True,
        needed=r"\d{5}",
    ),
    Form(
        "ADDRESS",
        "postcode in small letters",
        r"\b[a-z]{1,2}\d[a-z\d]? ?\d(?!st|nd|rd|th)[abd-hjlnp-uw-z]{2}\b",
        LIKELY,
        is_case_sensitive=True,
    ),
    Form(
        "ADDRESS",
        "number and words before a postcode",
        rf"\b\d{{1,5}}[a-z]?,? (?:{_NO_STREET}[a-z']+,? ){{1,5}}"
        r"(?=[a-z]{1,2}\d[a-z\d]? ?\d[abd-hjlnp-uw-z]{2}\b)",
        LIKELY,
        needed=r"\d[a-z]{2}\b",
    ),
    Form(
        "ADDRESS",
        "number and name where somebody lives",
        r"(?<=\b(?i:address(?: is|'s)?|liv(?:e|ing) (?:at|on)|moved to|(?:mail|send|post) it to|delivered to"
        r"|reside at|(?:we're|i'm|over|based|staying) at)[,: ]+)(?:(?i:flat|apartment|apt|unit|suite) ?\w+,? )?"
        r"\d{1,5}[a-zA-Z]?,?(?: [A-Z][\w']+){1,3}",
        STRONG,
        is_case_sensitive=True,
        needed=r"\b(?:address|liv(?:e|ing)|moved|it|delivered|at)\b",
    ),
    Form(
        "ADDRESS",
        "state by name and zip",
        rf"\b(?:{_STATE_NAMES}),? \d(?: ?\d){{4}}(?:-\d{{4}})?\b",
        STRONG,
        needed=r"\d(?: ?\d){4}",
    ),
    Form(
        "ADDRESS",
        "what answers where somebody lives",
        rf"\A\W*(?:(?:it's|um+|uh+|yeah|yes|sure|at|i'm|okay|ok)\W+)*\K\d{{1,5}}[a-z]?,?"
        rf"(?: {_NO_STREET}[a-z']{{2,}}){{1,3}}(?=\W*\Z|,)",
        WEAK,
        ("address", "live"),
    ),
    Form(
        "ADDRESS", "zip", r"(?<=\bzip(?: ?code)?[\w' ,:]{0,12}[ :])\d(?:[ -]?\d){4}(?:-\d{4})?", STRONG, needed=r"\bzip"
    ),
)

_NINO_START = r"(?!bg|gb|nk|kn|tn|nt|zz)[a-ceghj-prtw-z]"
_LETTERED = (
    Form(
        "NINO",
        "written",
        r"\b(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z](?:[ -]?\d\d){3}[ -]?[A-D]\b",
        STRONG + 0.05,
        is_case_sensitive=True,
    ),
    Form(
        "NINO",
        "spoken",
        r"(?<![\w'])[a-z][ ,.-]{0,2}[a-z][ ,.-]{0,2}(?:\d[ ,.-]{0,2}){6}[a-d](?![\w'])",
        WEAK + 0.3,
        ("national", "insurance", "ni", "nino"),
    ),
    Form(
        "INSURANCE",
        "medicare",
        r"\b[1-9][A-Z][A-Z\d]\d[- ]?[A-Z][A-Z\d]\d[- ]?[A-Z]{2}\d\d\b",
        STRONG,
        is_case_sensitive=True,
    ),
    Form(
        "ID",
        "driving licence",
        r"\b[A-Z9]{5} ?\d{6} ?[A-Z9]{2}\d[A-Z]{2}\b",
        STRONG,
        is_case_sensitive=True,
        needed=r"\d{6}",
    ),
    Form("ACCOUNT", "pairs", r"\b\d ?\d[ ,-]+\d ?\d[ ,-]+\d ?\d\b", WEAK, ("sort",)),
    Form(
        "ACCOUNT",
        "pairs before eight digits",
        r"(?<![\d-])(?<!\d[ ,])\d\d[ -]\d\d[ -]\d\d\b(?=[a-z ,.']{1,30}(?:\d[ -]?){7,8}\b)",
        STRONG,
    ),
    Form(
        "ACCOUNT",
        "bank identifier",
        r"(?<=\b(?:swift|bic)\b(?: code)?(?: is|'s)?\W+)[A-Z]{6}[A-Z\d]{2}(?:[A-Z\d]{3})?\b",
        STRONG,
        needed=r"\b(?:swift|bic)\b",
    ),
    Form(
        "ACCOUNT",
        "sort code",
        r"(?<=\bsort[ -]?code[\w' ,:]{0,12}[ :])\d ?\d[ -]*\d ?\d[ -]*\d ?\d",
        STRONG,
        needed=r"\bsort",
    ),
)

FORMS: tuple[Form, ...] = (*_BIRTHS, _BORN_IN, _BORN_YEAR, _CHILD, *_EMAILS, *_ADDRESSES, *_LETTERED, *CUED)
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
    "NHS": r"\d",
    "RECORD": r"\d",
}
