"""Money as people write it."""

from decimal import Decimal

_SIGNS = {"GBP": "£", "EUR": "€", "USD": "$", "AUD": "A$", "CAD": "C$", "NZD": "NZ$"}
_NO_MINOR_UNITS = {"JPY", "KRW", "ISK", "CLP"}


def say_money(minor_units: int, currency: str) -> str:
    """An amount in minor units with its currency: 12550 and "GBP" become "£125.50", 40000 becomes "£400"."""
    amount = _in_major_units(minor_units, currency)
    cents = amount != amount.to_integral_value()
    digits = f"{abs(amount):,.{2 if cents else 0}f}"
    sign = "−" if amount < 0 else ""
    mark = _SIGNS.get(currency)
    return f"{sign}{mark}{digits}" if mark else f"{sign}{digits} {currency}"


def in_major_units(minor_units: int, currency: str) -> float:
    """An amount for a chart: 12550 and "GBP" become 125.5."""
    return float(_in_major_units(minor_units, currency))


def sign_of(currency: str) -> str:
    """What stands before an amount: "£", or the code and a space where there is no sign."""
    return _SIGNS.get(currency, f"{currency} ")


def _in_major_units(minor_units: int, currency: str) -> Decimal:
    return Decimal(minor_units) if currency in _NO_MINOR_UNITS else Decimal(minor_units) / 100
