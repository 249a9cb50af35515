"""Sums that tell an identifier from any number."""

NHS_DIGITS = 10


def is_luhn(digits: str) -> bool:
    """Whether a card could have this number."""
    total = 0
    for place, char in enumerate(reversed(digits)):
        value = int(char) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0 and len(set(digits)) > 1


def is_nhs_number(digits: str) -> bool:
    """Ten digits, the last of which follows from the others modulo 11."""
    if len(digits) != NHS_DIGITS or len(set(digits)) == 1:
        return False
    rest = 11 - sum(int(char) * (10 - place) for place, char in enumerate(digits[:9])) % 11
    return rest != 10 and int(digits[9]) == rest % 11


def is_iban(text: str) -> bool:
    """An IBAN by its remainder modulo 97."""
    plain = "".join(char for char in text.upper() if char.isalnum())
    if not 15 <= len(plain) <= 34:
        return False
    moved = plain[4:] + plain[:4]
    return int("".join(str(int(char, 36)) for char in moved)) % 97 == 1


def is_us_ssn(digits: str) -> bool:
    """Whether a US social security number may be this: some ranges were never given out."""
    return len(digits) == 9 and digits[:3] not in {"000", "666"} and digits[3:5] != "00" and digits[5:] != "0000"
