"""Identifiers that are known by the words before them: "expires", "the last four of", "my policy number is"."""

from calls.redaction.forms import MONTH, SOME_MONTH, Form
from calls.redaction.kinds import LIKELY, STRONG, WEAK

_IS = (
    r"(?:\W+(?:is|it's|its|was|number|code|date|in|with|are|the|of|on|it|my|that's|s|digits|numbers|card"
    r"|back|reverse|front|signature|strip)){0,6}\W+"
)
_EXPIRY = (
    r"(?:(?:1 ?[0-2]|(?:0 ?)?[1-9])(?: ?/ ?|[ .,-]{1,3})(?:20 ?)?\d ?\d"
    rf"|(?:the )?(?:end of )?{MONTH}[ ,]+(?:of )?(?:20 ?)?[2-4] ?\d)\b"
)
_LAST_DIGITS = r"(?<=\blast (?:four|4)\b[\w' ]{0,24}\W{1,3})(?<!\d[ ,]{1,2})\d ?\d ?\d ?\d\b(?! ?\d)"
# Several groups, whatever their length, right after what they are called.
_GROUPS = (
    r"(?<=\b(?:{cue})(?: (?:number|no|id|is|it's)| it is|'s|\.|,|:){{0,3}} )"
    r"(?:\d{{1,4}}[ ,.-]{{1,3}}){{{least},11}}\d{{1,4}}"
    r"\b(?![:%])"
)
CUED = (
    Form(
        "CARD",
        "security code",
        rf"(?<=\b(?:cvv|cvc|cv2|(?<!social )security (?:code|number)|(?:three|3)[- ](?:digit code|digits)"
        r"|digits on the back"
        rf"|back of the card|on the (?:back|reverse|front)){_IS})"
        r"\d ?\d ?\d ?\d?\b",
        STRONG,
        needed=r"\b(?:cv|code|digits|back|reverse|front|security)",
    ),
    Form(
        "CARD",
        "last digits of a card",
        r"(?<=\b(?:cards?|visa|mastercard|amex|debit)\b[\w' ]{0,30}\b(?:ending|ends|last four|last 4)"
        r"(?: (?:in|with|are|is|digits|of))*\W+)"
        r"\d ?\d ?\d ?\d\b",
        STRONG,
        needed=r"\b(?:ending|ends|last)\b",
    ),
    Form(
        "CARD",
        "last digits, of a card",
        r"(?<=\blast (?:four|4)\b[\w' ]{0,20}\bcard\b(?:\W+(?:is|are|it's))*\W+)\d ?\d ?\d ?\d\b",
        STRONG,
        needed=r"\blast (?:four|4)",
    ),
    Form(
        "CARD",
        "expiry",
        rf"(?<=\b(?:expiry|expires?|expiration|exp){_IS}){_EXPIRY}",
        LIKELY,
        ("card", "expiry", "expires", "expiration"),
        needed=r"\bexp",
    ),
    Form(
        "CARD",
        "when it expires",
        rf"(?<![\d:/.-]){_EXPIRY}(?![\d:/.-])",
        WEAK,
        ("expire", "expiry", "expires", "expiring", "expiration", "exp", "thru"),
        needed=rf"{SOME_MONTH}|\d ?[/.,-]? ?\d",
    ),
    Form(
        "CARD",
        "how long it runs",
        r"(?<!\b(?:vouchers?|prescriptions?|offer|gift|course|plan|deal)\b[\w' ]{0,40})"
        rf"(?<=\b(?:(?:runs?|running) out|good|valid) (?:in|on|until|till|thru|through|to|at the end of)\W+){_EXPIRY}",
        LIKELY,
        needed=r"\b(?:out|good|valid)\b",
    ),
    Form("SSN", "the last four", _LAST_DIGITS, WEAK, ("social", "ssn"), needed=r"\blast (?:four|4)"),
    Form(
        "CARD",
        "the last four",
        _LAST_DIGITS,
        WEAK,
        ("card", "visa", "mastercard", "amex", "debit"),
        needed=r"\blast (?:four|4)",
    ),
    Form(
        "ACCOUNT", "the last four", _LAST_DIGITS, WEAK, ("account", "checking", "savings"), needed=r"\blast (?:four|4)"
    ),
    Form(
        "SSN",
        "with pauses",
        r"(?<![\d,.-])(?<!\d[ ,])\d ?\d ?\d[, -]{1,3}\d ?\d[, -]{1,3}\d ?\d ?\d ?\d\b(?! ?\d)",
        WEAK + 0.3,
        ("social", "ssn"),
        needed=r"\d ?\d ?\d[, -]{1,3}\d ?\d[, -]",
    ),
    Form(
        "NHS",
        "with pauses",
        _GROUPS.format(cue="nhs(?: number)?", least=2),
        LIKELY,
        needed=r"\d[ ,.-]+\d+[ ,.-]+\d",
    ),
    Form(
        "RECORD",
        "with pauses",
        _GROUPS.format(cue="mrn|record|chart|patient number|hospital number", least=2),
        LIKELY,
        needed=r"\d[ ,.-]+\d+[ ,.-]+\d",
    ),
    Form(
        "INSURANCE",
        "with pauses",
        _GROUPS.format(cue="policy|member(?:ship)?|insurance", least=2),
        LIKELY,
        needed=r"\d[ ,.-]+\d+[ ,.-]+\d",
    ),
    Form(
        "ACCOUNT",
        "with pauses",
        _GROUPS.format(cue="account|routing|aba", least=3),
        LIKELY,
        needed=r"(?:\d[ ,.-]+){3}|\d{2,4}[ ,.-]+\d+[ ,.-]+\d+[ ,.-]+\d",
    ),
    Form(
        "CARD",
        "with pauses",
        _GROUPS.format(cue="card|visa|mastercard|amex", least=3),
        LIKELY,
        needed=r"(?:\d[ ,.-]+){3}|\d{2,4}[ ,.-]+\d+[ ,.-]+\d+[ ,.-]+\d",
    ),
    Form(
        "SSN",
        "last digits",
        r"(?<=\b(?:social|ssn)\b[a-z' ]{0,30}?[ ,:])(?<!\d[ ,])\d ?\d ?\d ?\d\b(?! ?\d)",
        STRONG,
        needed=r"\b(?:social|ssn)\b",
    ),
    Form(
        "SSN",
        "last digits before",
        r"(?<=\blast (?:four|4)\b[\w' ]{0,24}\b(?:social|ssn)[a-z' ?]{0,24}[ ,:?])(?<!\d[ ,])"
        r"\d ?\d ?\d ?\d\b",
        STRONG,
        needed=r"\b(?:social|ssn)\b",
    ),
)
