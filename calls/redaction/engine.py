"""Presidio's analyser with our recognisers: the only module that imports it, and it is imported by workers alone.

No language model is loaded. What context needs – words and where they stand – comes from `_Words`; each code that
`codes` found is one word there, so that its neighbours are those of the whole number.
"""

import logging
import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import regex
from presidio_analyzer import (
    AnalysisExplanation,
    AnalyzerEngine,
    LemmaContextAwareEnhancer,
    LocalRecognizer,
    Pattern,
    PatternRecognizer,
    RecognizerRegistry,
    RecognizerResult,
)
from presidio_analyzer.nlp_engine import NlpArtifacts, NlpEngine

from calls.redaction.checksums import is_iban
from calls.redaction.codes import Code, find_codes
from calls.redaction.forms import Form
from calls.redaction.kinds import KINDS, Kind
from calls.redaction.known_numbers import is_known
from calls.redaction.patterns import FORMS, NEEDED
from calls.redaction.spans import Span, join_addresses, take_in_corrections
from calls.redaction.spoken import Hearing, hear

# On its lower levels Presidio writes down the words of what it reads.
logging.getLogger("presidio-analyzer").setLevel(logging.WARNING)

THRESHOLD = 0.5
WORDS_BEFORE, WORDS_AFTER = 8, 5
# "The last four of your social?" is a question still; more digits than that are an answer.
DIGITS_OF_AN_ANSWER = 3
LONGEST_REFERENCE = 6
_PUBLIC = frozenset({"999", "911", "112", "111", "101", "988"})
LANGUAGE = "en"
# A placeholder is no word: what it stands for has been found already.
_WORD = re.compile(r"\d+(?:[/.-]\d+)+|(?<![\[\w'])[\w']+(?![\w'\]])")
_CARRIED_ON = re.compile(r"\[(CARD|SSN|NHS|PHONE|ACCOUNT|INSURANCE|RECORD|NUMBER)\]\W*$")
_OWN_PLACE = re.compile(
    r"\b(?:(?:we are|we're) (?:at|on|in|based|located)|the clinic is|you'll find us|find us|our address is"
    r"|come to us)\b[^.?!]{0,60}$",
    re.I,
)
_EXTENSION = re.compile(
    r"\b(?:ext|extension|option|press|reference|ref"
    r"|(?:confirmation|booking|order) (?:number|code))\b\W*(?:number|is|no)?\W*$",
    re.I,
)


class _Artifacts(NlpArtifacts):
    """The words of one text, and the codes in it."""

    def __init__(self, text: str, codes: Sequence[Code], engine: NlpEngine) -> None:
        tokens = list(_tokens(text, codes))
        self.codes = codes
        super().__init__(
            entities=[],
            tokens=[word for word, _ in tokens],
            tokens_indices=[start for _, start in tokens],
            lemmas=[word.lower().removesuffix("'s") for word, _ in tokens],
            nlp_engine=engine,
            language=LANGUAGE,
        )


class _Words(NlpEngine):
    """Splits a text into words. Knows no grammar and needs no model."""

    def load(self) -> None:
        """Nothing is to be loaded."""

    def is_loaded(self) -> bool:
        return True

    def process_text(self, text: str, language: str) -> NlpArtifacts:
        return _Artifacts(text, find_codes(text), self)

    def process_batch(
        self, texts: Any, language: str, batch_size: int = 1, n_process: int = 1, **kwargs: Any
    ) -> Iterator[tuple[str, NlpArtifacts]]:
        return ((text, self.process_text(text, language)) for text in texts)

    def is_stopword(self, word: str, language: str) -> bool:
        return False

    def is_punct(self, word: str, language: str) -> bool:
        return False

    def get_supported_entities(self) -> list[str]:
        return []

    def get_supported_languages(self) -> list[str]:
        return [LANGUAGE]


class _CodeRecogniser(LocalRecognizer):
    """Judges each code of a text for one kind."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        words = [*kind.context, kind.name.lower()] if kind.context else []
        super().__init__(supported_entities=[kind.name], name=f"code {kind.name}", context=words)

    def load(self) -> None:
        """Nothing is to be loaded."""

    def analyze(self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts) -> list[RecognizerResult]:
        judged = ((code, self.kind.judge(code)) for code in nlp_artifacts.codes)
        return [self._result(code, score) for code, score in judged if score > 0]

    def _result(self, code: Code, score: float) -> RecognizerResult:
        return RecognizerResult(
            entity_type=self.kind.name,
            start=code.start,
            end=code.end,
            score=score,
            analysis_explanation=AnalysisExplanation(recognizer=self.name, original_score=score),
            recognition_metadata={
                RecognizerResult.RECOGNIZER_NAME_KEY: self.name,
                RecognizerResult.RECOGNIZER_IDENTIFIER_KEY: self.id,
            },
        )


class _FormRecogniser(PatternRecognizer):
    """Looks for a form where the text has what every such form has."""

    def __init__(self, form: Form) -> None:
        flags = regex.DOTALL | regex.MULTILINE
        super().__init__(
            supported_entity=form.kind,
            name=f"{form.kind} {form.name}",
            patterns=[Pattern(form.name, form.regex, form.score)],
            context=[*form.context],
            global_regex_flags=flags if form.is_case_sensitive else flags | regex.IGNORECASE,
        )
        self._needed = re.compile(form.needed or NEEDED[form.kind], re.I)

    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts | None = None, regex_flags: int | None = None
    ) -> list[RecognizerResult]:
        if not self._needed.search(text):
            return []
        found: list[RecognizerResult] = super().analyze(text, entities, nlp_artifacts, regex_flags)
        return found


class _Iban(PatternRecognizer):
    """Two letters, two digits and up to thirty more characters, proved by their sum."""

    def __init__(self) -> None:
        patterns = [
            Pattern("iban", r"\b[A-Z]{2} ?\d ?\d(?:[ -]?[A-Z0-9]){11,30}\b", 0.3),
            Pattern("iban in small letters", r"\b[a-z]{2}\d\d[a-z0-9]{11,30}\b", 0.3),
        ]
        super().__init__(
            supported_entity="ACCOUNT", name="iban", patterns=patterns, context=["iban"], global_regex_flags=0
        )

    def validate_result(self, pattern_text: str) -> bool | None:
        return True if is_iban(pattern_text) else None


def find_identifiers(heard: Hearing, *, before: str, known: Sequence[str], by_caller: bool) -> list[Span]:
    """Where in the original text identifiers stand, overlaps included. Known numbers (as digits) are left out.

    So is where the clinic says that it is.
    """
    text = heard.text
    codes = [code for code in find_codes(text) if not _is_no_secret(text, code, known)]
    found = _analyser().analyze(
        text,
        LANGUAGE,
        context=_question(before),
        nlp_artifacts=_Artifacts(text, codes, _analyser().nlp_engine),
    )
    hidden = [code for code in find_codes(text) if is_known(code.digits, known)]
    spans = [
        Span(result.start, result.end, result.entity_type, result.score)
        for result in found
        if (by_caller or result.entity_type != "ADDRESS" or not _OWN_PLACE.search(text, 0, result.start))
        and not any(code.start <= result.start and result.end <= code.end for code in hidden)
    ]
    whole = take_in_corrections(join_addresses(spans, text), text)
    return [Span(*heard.original(span.start, span.end), span.kind, span.score) for span in whole]


def _is_no_secret(text: str, code: Code, known: Sequence[str]) -> bool:
    return (
        code.digits in _PUBLIC
        or is_known(code.digits, known)
        or (len(code) <= 6 and bool(_EXTENSION.search(text, 0, code.start)))
    )


def _question(before: str) -> list[str]:
    """The words of a question that has no answer yet, or the kind of a number that was broken off."""
    if carried_on := _CARRIED_ON.search(before):
        return [carried_on.group(1).lower()]
    words = before[-200:]
    if "[" in words or sum(char.isdigit() for char in hear(words).text) >= DIGITS_OF_AN_ANSWER:
        return []
    return [word.lower().removesuffix("'s") for word in _WORD.findall(words)]


def _tokens(text: str, codes: Sequence[Code]) -> Iterator[tuple[str, int]]:
    at = 0
    for code in [*codes, None]:
        until = code.start if code else len(text)
        yield from ((found.group(), found.start()) for found in _WORD.finditer(text, at, until))
        if code:
            yield text[code.start : code.end], code.start
            at = code.end
    yield " ", len(text)  # so that whatever was found stands before some word, which Presidio insists on


@cache
def _analyser() -> AnalyzerEngine:
    """Built once a process."""
    recognisers = [*(_CodeRecogniser(kind) for kind in KINDS), *(_FormRecogniser(form) for form in FORMS), _Iban()]
    return AnalyzerEngine(
        registry=RecognizerRegistry(recognizers=recognisers, supported_languages=[LANGUAGE]),
        nlp_engine=_Words(),
        supported_languages=[LANGUAGE],
        default_score_threshold=THRESHOLD,
        context_aware_enhancer=LemmaContextAwareEnhancer(
            context_similarity_factor=0.45,
            min_score_with_context_similarity=THRESHOLD,
            context_prefix_count=WORDS_BEFORE,
            context_suffix_count=WORDS_AFTER,
            context_matching_mode="whole_word",
        ),
    )
