"""The languages an agent may speak: what the model reads, and how the transcriber calls them."""

LANGUAGES: dict[str, str] = {
    "en-GB": "British English",
    "en-US": "American English",
    "en-AU": "Australian English",
    "en-IN": "Indian English",
    "en-NZ": "New Zealand English",
    "de": "German",
    "de-CH": "Swiss German",
    "es": "Spanish",
    "fr": "French",
    "fr-CA": "Canadian French",
    "it": "Italian",
    "nl": "Dutch",
    "pl": "Polish",
    "pt": "Portuguese",
    "pt-BR": "Brazilian Portuguese",
    "da": "Danish",
    "no": "Norwegian",
    "sv": "Swedish",
    "hi": "Hindi",
    "tr": "Turkish",
    "multi": "the caller's language",
}


def say_language(code: str) -> str:
    """`British English` for `en-GB`; the code itself where we have no word for it."""
    return LANGUAGES.get(code, code)
