"""Reading what a patient texts back: "C", "yes please", "👍", "can I change it?"."""

import re
import unicodedata
from enum import StrEnum


class Answer(StrEnum):
    """What a text message says about a visit."""

    COMES = "comes"
    CHANGE = "change"


_COMES = {
    "c", "confirm", "confirmed", "confirming", "yes", "y", "yep", "yeah", "yup", "ok", "okay", "sure",
}  # fmt: skip
_CHANGE = {
    "r", "reschedule", "rescheduled", "rescheduling", "change", "rebook", "rearrange", "move",
}  # fmt: skip
# Said around an answer without changing it.
_AROUND = {
    "please", "pls", "plz", "thanks", "thank", "you", "thx", "ta", "cheers", "hi", "hello", "it", "i", "ill", "be",
    "there", "will", "my", "the", "appointment", "appt", "can", "could", "we", "to", "need", "would", "like", "id",
    "want", "that", "for", "me", "a", "of", "course", "and", "fine",
}  # fmt: skip
# Words that do not go with the other answer: "would it be ok" asks, "be there, change" is neither.
_NOT_WITH = {
    Answer.COMES: {"could", "would", "need", "want"},
    Answer.CHANGE: {"be", "there", "fine", "ill", "of", "course"},
}
_YES_SIGNS = {
    "\N{THUMBS UP SIGN}", "\N{WHITE HEAVY CHECK MARK}", "\N{HEAVY CHECK MARK}", "\N{OK HAND SIGN}",
}  # fmt: skip
_NO_SIGNS = {"\N{THUMBS DOWN SIGN}", "\N{CROSS MARK}", "\N{NO ENTRY SIGN}"}
_NAMING = {Answer.COMES: _COMES, Answer.CHANGE: _CHANGE}
_WORDS = re.compile(r"[a-z]+")
LONGEST = 80


def read_answer(text: str) -> Answer | None:
    """What a message answers, or None when a person has to read it.

    Only messages that say one thing count: "no", "yes but later", and whatever has a word that is not known here are
    left to people.
    """
    if len(text) > LONGEST:
        return None
    # Full-width and styled letters are letters; an apostrophe is none ("I'll").
    plain = unicodedata.normalize("NFKC", text).casefold().replace("'", "").replace("\u2019", "")
    words, signs = set(_WORDS.findall(plain)), set(_WORDS.sub("", plain))
    if any(sign.isalnum() for sign in signs) or signs & _NO_SIGNS:
        return None
    said = {answer for answer, naming in _NAMING.items() if naming & words}
    if signs & _YES_SIGNS:
        said.add(Answer.COMES)
    if len(said) != 1 or not words <= _COMES | _CHANGE | _AROUND:
        return None
    (answer,) = said
    is_question = "?" in signs and answer is Answer.COMES
    return None if is_question or words & _NOT_WITH[answer] else answer
