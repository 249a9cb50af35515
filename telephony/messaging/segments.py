"""How many parts a text takes on the air: what a clinic pays for."""

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
# These take an escape and a character, which are never torn apart.
_EXTENDED = frozenset("^{}\\[~]|€\f")
GSM_ALONE, GSM_JOINED = 160, 153
UCS2_ALONE, UCS2_JOINED = 70, 67


def count_segments(text: str) -> int:
    """The parts of a text: GSM-7 when every character has a place there, else UTF-16 for the whole of it."""
    if all(character in _BASIC or character in _EXTENDED for character in text):
        units, alone, joined = [2 if character in _EXTENDED else 1 for character in text], GSM_ALONE, GSM_JOINED
    else:
        units, alone, joined = [2 if ord(character) > 0xFFFF else 1 for character in text], UCS2_ALONE, UCS2_JOINED
    if sum(units) <= alone:
        return 1
    parts, room = 1, joined
    for unit in units:
        if unit > room:
            parts, room = parts + 1, joined
        room -= unit
    return parts
