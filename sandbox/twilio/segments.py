"""How many parts a text message takes on the air."""

GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENDED = frozenset("^{}\\[~]|€\f")


def count_segments(text: str) -> int:
    """Return the number of segments: 160 or 153 characters each in GSM-7, 70 or 67 UTF-16 units otherwise."""
    if all(character in GSM_BASIC or character in GSM_EXTENDED for character in text):
        length = sum(2 if character in GSM_EXTENDED else 1 for character in text)
        alone, joined = 160, 153
    else:
        length, alone, joined = len(text.encode("utf-16-le")) // 2, 70, 67
    return 1 if length <= alone else -(-length // joined)
