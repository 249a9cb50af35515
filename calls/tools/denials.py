"""Whether a caller plainly says that something is not so: "no chest pain", "I don't have trouble breathing".

Only what cannot be meant otherwise counts. Two negations in one clause, a doubt ("I don't think it is …"), a limit ("no
chest pain until this morning") or a word in between that is not listed here is no denial.
"""

import re
from dataclasses import dataclass

_MARK = re.compile(r"\w+|[.,;:!?\n–—]")
_TURNS = frozenset({"but", "however", "though", "although", "because", "except"})
_NEGATIONS = frozenset(
    {
        "no", "not", "never", "without", "nor", "neither", "dont", "doesnt", "didnt", "isnt", "arent", "wasnt",
        "werent", "havent", "hasnt", "hadnt", "aint", "cant", "cannot", "couldnt", "wont", "wouldnt", "nothing", "none",
    }
)  # fmt: skip

_SMALL = (
    r"any|a|an|the|real|actual|obvious|particular|severe|serious|bad|new|sudden|known|my|his|her|their|"
    r"signs? of|symptoms? of|history of|kind of|sort of|form of|problems? with|trouble with|at all|actually|really"
)
_HAVING = (
    r"have|has|had|having|got|get|getting|feel|felt|feeling|experienced?|experiencing|suffer(?:ed|ing)?|from|been|ever"
)
_NO = rf"(?:no|without|nor)(?: (?:{_SMALL}))*"
_NOT = rf"(?:not|never|isnt|arent|wasnt|werent|aint)(?: (?:{_SMALL}|{_HAVING}))*"
_DONT = (
    rf"(?:dont|doesnt|didnt|havent|hasnt|hadnt|do not|does not|did not|have not|has not)(?: (?:{_SMALL}|{_HAVING}))*"
)
_DENIED = re.compile(rf"(?:^| )(?:{_NO}|{_NOT}|{_DONT}) $")
# "I don't have a fever or chest pain" denies both.
_DENIED_WITH_OTHERS = re.compile(
    rf"(?:^| )(?:no|(?:dont|doesnt|didnt) have|(?:havent|hasnt) (?:had|got)|(?:not|never) (?:had|having))"
    rf"(?: \w+){{1,5}} (?:or|nor)(?: (?:{_SMALL}))* $"
)
_INNER = re.compile(
    r"(?:^| )(?:not|isnt|arent|wasnt|werent|doesnt|dont|didnt|hasnt|havent|aint)(?: (?:really|actually))? $"
)
_LIMIT = re.compile(r"(?:until|till|til|before|unless|usually|normally|now and then|as such)\b")
# "No I don't have …": the answer to a question, and then the denial.
_ANSWERED = re.compile(r"^(?:no|nope|nah) (?=(?:i|im|ive|we|she|shes|he|hes|they|its|it|there|theres|not)\b)")


@dataclass(frozen=True)
class Clauses:
    """A text as plain words, a blank after each (`I can't breathe!` is `i cant breathe `), and where clauses begin."""

    words: str
    starts: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> "Clauses":
        words, starts, length = [], [0], 0
        for mark in _MARK.findall(re.sub(r"['’`´]", "", text.casefold())):
            is_word = mark[0].isalnum() or mark[0] == "_"
            if not is_word or mark in _TURNS:
                starts.append(length)
            if is_word:
                words.append(mark)
                length += len(mark) + 1
        return cls("".join(f"{word} " for word in words), tuple(starts))

    def denies(self, start: int, end: int, *, inner: bool) -> bool:
        """Whether the words from `start` to `end` are denied by those before them, or by one among them (`inner`)."""
        before = self.words[max(at for at in self.starts if at <= start) : start]
        before = _ANSWERED.sub("", before)
        if _LIMIT.match(self.words, end):
            return False
        negations = sum(word in _NEGATIONS for word in before.split())
        if inner:
            return negations == 0
        return negations == 1 and bool(_DENIED.search(before) or _DENIED_WITH_OTHERS.search(before))


def ends_in_denial(words: str) -> bool:
    """Whether what stands between two words of a phrase turns it round: "chest does not hurt"."""
    return bool(_INNER.search(words or ""))
