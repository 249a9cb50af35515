"""What a form of an identifier is, and what several of them have in them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Form:
    """A pattern in the syntax of the `regex` package and how sure it makes us; `context` as in `kinds`.

    `needed` is looked for before the pattern is tried, for it is cheap; empty: what is needed for the kind.
    """

    kind: str
    name: str
    regex: str
    score: float
    context: tuple[str, ...] = ()
    is_case_sensitive: bool = False
    needed: str = ""


MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?"
)
SOME_MONTH = r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
