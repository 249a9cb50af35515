"""What a question asks for: its telling words, each with others that mean the same to a caller."""

import re
from dataclasses import dataclass

from knowledge.settings import SETTINGS

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_MARKS = re.compile(r"['’]\w*$")
# Words that callers use whatever they ask about.
_IDLE = (
    "a able about above actually after against ah all allow allowed also am an and any anybody anyhow anyone "
    "anything anywhere are around as ask at be because been before being below between bit both but by bye call "
    "called calling can cannot could couldn did didn do does doesn doing don done down during each er everyone "
    "everything few for from further get gets getting give go going gonna good got guess guys had happen happened "
    "happens has have haven having hello help her hey hi him his hiya how i if im in info information into is isn "
    "it its just kind kindly know let like ll long look looking lot lovely make many may maybe me mean might mine "
    "more morning most much my myself need needed no nor not now of off oh ok okay on one only or our out over own "
    "please possible problem question quick quite re really right said same say see she should so some somebody "
    "someone something sometimes somewhere sorry sort still such sure take tell than thank thanks that the their "
    "them then there these they thing things think this those thought through time to today tomorrow tonight too "
    "try trying uh um under until up us use used usually ve very wanna want wanted wants was wasn way we well were "
    "what whats when where whether which while who whom whose why will with won wonder wondering would wouldn yeah "
    "yep yes you your yours"
)
IDLE = frozenset(_IDLE.split())

# Words that stand for each other when callers ask; the first search for one of a line looks for all of them.
_MEANINGS = (
    "price prices pricing cost costs fee fees charge charges rate rates expensive pay payable",
    "address located location situated street road directions find based postcode",
    "parking park car carpark",
    "bus train tram tube station metro luas dart",
    "open opening hours closed close closing times",
    "cancel cancellation cancelled cancelling",
    "late lateness delayed",
    "deposit upfront prepayment",
    "refund refunds reimburse money-back",
    "discount discounts offer offers concession concessions",
    "instalment instalments installment installments finance plan monthly",
    "insurance insured insurer cover policy",
    "doctor doctors gp physician",
    "dentist dentists",
    "kids kid child children son daughter toddler paediatric",
    "pregnant pregnancy expecting breastfeeding",
    "hurt hurts pain painful sore",
    "wheelchair disabled accessible accessibility lift ramp step-free",
    "email e-mail mail",
    "phone telephone number ring",
    "covid coronavirus",
    "prescription prescriptions repeat medication",
    "jab jabs vaccine vaccines vaccination vaccinations injection",
    "xray x-ray radiograph",
    "emergency urgent urgently",
    "new register registering registration join",
)
_SAME = {word: frozenset(line.split()) - {word} for line in _MEANINGS for word in line.split()}

# How callers ask for something without naming it, and the word that says it.
_PHRASES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), f" {word} ")
    for pattern, word in (
        (r"\b(how much|how expensive|set (me|us|you) back)\b", "price"),
        (
            r"\bwhere(['’]?s|'re|\s+(are|is|abouts))?\s+(you|u|the\s+(clinic|practice|surgery|place|office))\b",
            "address",
        ),
        (r"\bhow (do|can|would|could) (i|we|you) (get|find|reach|come)\b", "directions"),
        (r"\bwhat times?\b|\bwhen (are|do|does|is) (you|the \w+) (open|close|shut)\w*", "hours"),
        (r"\bare (you|ye) (open|closed)\b", "hours"),
    )
)


@dataclass(frozen=True)
class Term:
    """One thing that is asked for. `word` was said (or meant), `others` would do as well."""

    word: str
    others: frozenset[str] = frozenset()

    @property
    def tsquery(self) -> str:
        """For `to_tsquery`: letters and digits only, so that nobody's text is an operator."""
        return self._spelt("")

    @property
    def in_headings(self) -> str:
        """The same, only for headings, whose words carry the label A."""
        return self._spelt(":A")

    def _spelt(self, label: str) -> str:
        spelt = [self.word, *sorted(self.others)]
        return " | ".join(" <-> ".join(f"{part}{label}" for part in word.split("-") if part) for word in spelt)


def terms_of(query: str) -> list[Term]:
    """The telling words of a question in the order they were said, each once; empty when there are none."""
    for pattern, word in _PHRASES:
        query = pattern.sub(word, query)
    terms: list[Term] = []
    covered: set[str] = set()
    for word in (_MARKS.sub("", match.lower()) for match in _WORD.findall(query)):
        if word in IDLE or word in covered or (len(word) < 2 and not word.isdigit()):
            continue
        others = _SAME.get(word, frozenset())
        covered |= {word, *others}
        terms.append(Term(word=word, others=others))
    return terms[: SETTINGS.max_terms]


def keywords_of(query: str) -> list[str]:
    """What is left to look for letter by letter when no word was found: the longest words first."""
    words = {match.lower() for match in _WORD.findall(query)} - IDLE
    return sorted((word for word in words if len(word) > 3), key=lambda word: (-len(word), word))[:3]
