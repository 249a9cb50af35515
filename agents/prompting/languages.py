"""The languages an agent may speak: what the model reads, and how the transcriber calls them."""

LANGUAGES: dict[str, str] = {
    "en": "English",
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


# The commonest little words of each language, for telling which one a text is written in.
_LITTLE_WORDS = {
    "en": "the you your for how can help today thank thanks calling is are this and with we our what",
    "de": "sie ihr ihre der die das und für wie kann ich helfen danke anruf ist mit wir heute guten tag bitte",
    "fr": "vous votre pour comment puis je aider merci de le la les et avec nous est bonjour appel aujourd'hui une",
    "es": "usted su para cómo puedo ayudar gracias por llamar el la los y con es hola hoy nosotros en una qué",
    "it": "lei suo per come posso aiutare grazie di il lo gli e con è ciao buongiorno oggi noi una che chiamata",
    "nl": "u uw voor hoe kan ik helpen bedankt het een en met wij is vandaag goedendag bellen de wat",
    "pt": "você seu para como posso ajudar obrigado obrigada por ligar o os e com é olá hoje nós uma",
    "pl": "pan pani dla jak mogę pomóc dziękuję dziękujemy za i z jest dzień dobry dziś w czym telefon",
    "da": "du din for hvordan kan jeg hjælpe tak og med er det vi i dag goddag opkald",
    "sv": "du din för hur kan jag hjälpa tack och med är det vi idag goddag samtal att",
    "no": "du din for hvordan kan jeg hjelpe takk og med er det vi i dag hei samtale",
    "tr": "siz size nasıl yardımcı olabilirim teşekkürler için ve ile bugün merhaba bu bir aradığınız",
}
_WORD_SETS = {code: frozenset(words.split()) for code, words in _LITTLE_WORDS.items()}
_ENOUGH_WORDS = 3


def guess_language(text: str) -> str:
    """The language a text is clearly written in, as `en`; "" where that is not clear."""
    words = [word.strip(".,;:!?¿¡\"“”'()").casefold() for word in text.split()]
    counts = sorted(((sum(word in known for word in words), code) for code, known in _WORD_SETS.items()), reverse=True)
    (best, code), (second, _) = counts[0], counts[1]
    return code if best >= _ENOUGH_WORDS and best >= 2 * second else ""
