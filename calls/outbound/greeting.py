"""The first thing that somebody hears who is called: the agent's own greeting, with their name in it."""

import re

# By language; an agent that speaks another one greets everybody alike.
_OPENINGS = {
    "en": "Hello {name}",
    "de": "Hallo {name}",
    "es": "Hola {name}",
    "fr": "Bonjour {name}",
    "it": "Buongiorno {name}",
    "nl": "Hallo {name}",
    "pt": "Olá {name}",
}
# "Hello, this is…" goes on after the name as "Hello Ana, this is…"; "Hello! This is…" as "Hello Ana! This is…".
_HELLO = re.compile(
    r"^(?:(?:hello|hi|hey)(?: there)?|good (?:morning|afternoon|evening|day)|hallo|guten tag|hola|bonjour|ciao"
    r"|buongiorno|goedendag|olá)\s*([,.!])\s*",
    re.IGNORECASE,
)


def greet(*, name: str, greeting: str, language: str) -> str:
    """An agent's greeting with a name in front, or "" where its own has to do.

    Args:
        name: a first name that may be spoken, "" for none.
        greeting: complete, with whatever is said to everybody.
    """
    opening = _OPENINGS.get(language.split("-", 1)[0].lower())
    if not name or opening is None or not greeting:
        return ""
    own = _HELLO.match(greeting)
    mark, rest = (own[1], greeting[own.end() :]) if own else (".", greeting)
    return f"{opening.format(name=name)}{mark} {rest}".rstrip()
