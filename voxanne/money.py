"""Money as people write it."""

from decimal import Decimal

_SIGNS = {"GBP": "£", "EUR": "€", "USD": "$", "AUD": "A$", "CAD": "C$", "NZD": "NZ$"}
_NO_MINOR_UNITS = {"JPY", "KRW", "ISK", "CLP"}


def say_money(minor_units: int, currency: str) -> str:
    """An amount in minor units with its currency: 12550 and "GBP" become "£125.50", 40000 becomes "£400"."""
    whole = currency in _NO_MINOR_UNITS
    amount = Decimal(minor_units) if whole else Decimal(minor_units) / 100
    cents = not whole and amount != amount.to_integral_value()
    digits = f"{abs(amount):,.{2 if cents else 0}f}"
    sign = "−" if amount < 0 else ""
    mark = _SIGNS.get(currency)
    return f"{sign}{mark}{digits}" if mark else f"{sign}{digits} {currency}"
