"""Recognising a clinic's services in what was said: how many transcripts a minute one process reads."""

import random
import time
from collections.abc import Iterator
from uuid import uuid4

from bench.clinic import Clinic
from bench.figures import Figure, at_least, report
from bench.stack import Stack

SERVICES, KEYWORDS = 40, 5
LINES, WORDS_A_LINE = 60, 12
_TALK = (
    "hello thanks for calling how can I help you today I was wondering about an appointment on tuesday morning what "
    "would it cost and how long does it take do you have parking near the clinic my number is the same as before yes "
    "please that would be lovely could you say that again the doctor told me to ring you after the weekend"
)


def matching(stack: Stack, clinic: Clinic, *, quick: bool) -> Iterator[Figure]:
    """Whole transcripts against a long price list, in this process alone."""
    from contacts.models import Service
    from contacts.naming import words_of
    from contacts.spoken_wishes import Spoken, services_named, value_of

    chance = random.Random(20261120)  # noqa: S311 - sentences, not secrets
    services = [
        Service(id=uuid4(), name=f"Treatment {_name(n)}", price_minor=10_000 + n, keywords=_keywords(n))
        for n in range(SERVICES)
    ]
    transcripts = [
        [Spoken(place % 2 == 1, _line(chance)) for place in range(LINES)] for _ in range(50 if quick else 400)
    ]
    started = time.perf_counter()
    found = sum(bool(value_of(services_named(said, services=services))) for said in transcripts)
    taken_s = time.perf_counter() - started
    yield at_least(
        f"transcripts a minute ({LINES} lines of {WORDS_A_LINE} words, {SERVICES} services of {KEYWORDS} keywords)",
        len(transcripts) / taken_s * 60,
        10_000,
        note=f"{found} of {len(transcripts)} named something",
    )
    text = " ".join(line.text for said in transcripts[:20] for line in said)
    started = time.perf_counter()
    count = len(words_of(text))
    yield report("a word made comparable", (time.perf_counter() - started) / count * 1e6, "µs")


def _name(number: int) -> str:
    return "".join(chr(97 + int(digit)) for digit in f"{number:03d}") + "ology"


def _keywords(number: int) -> list[str]:
    return [f"{_name(number)} {word}" for word in ("session", "course", "offer", "package", "visit")][:KEYWORDS]


def _line(chance: random.Random) -> str:
    words = chance.choices(_TALK.split(), k=WORDS_A_LINE)
    if chance.random() < 0.05:
        words.insert(chance.randrange(WORDS_A_LINE), f"I'd like the {_name(chance.randrange(SERVICES))} session")
    return " ".join(words)
