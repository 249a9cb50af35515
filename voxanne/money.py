"""Money as people write it, and as it is stored: whole numbers of a currency's smallest unit."""

from decimal import ROUND_HALF_UP, Decimal

_SIGNS = {"GBP": "£", "EUR": "€", "USD": "$", "AUD": "A$", "CAD": "C$", "NZD": "NZ$"}
# Currencies whose smallest unit is the whole one, and those that have thousandths (ISO 4217).
_WHOLE_UNITS = frozenset(
    {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"}
)
_THOUSANDTHS = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})


def decimals_of(currency: str) -> int:
    """How many digits a price has behind the point: 2 for GBP, 0 for JPY, 3 for KWD."""
    if currency in _WHOLE_UNITS:
        return 0
    return 3 if currency in _THOUSANDTHS else 2


def to_minor(amount: Decimal | int, currency: str) -> int:
    """An amount as it is stored: 400 GBP are 40,000 pence, 400 JPY are 400 yen."""
    return int((Decimal(amount) * 10 ** decimals_of(currency)).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def to_amount(minor_units: int, currency: str) -> Decimal:
    """What is stored as an amount: 12550 and "GBP" become 125.50."""
    return Decimal(minor_units).scaleb(-decimals_of(currency))


def say_money(minor_units: int, currency: str) -> str:
    """An amount in minor units with its currency: 12550 and "GBP" become "£125.50", 40000 becomes "£400"."""
    amount = to_amount(minor_units, currency)
    has_parts = amount != amount.to_integral_value()
    digits = f"{abs(amount):,.{decimals_of(currency) if has_parts else 0}f}"
    sign = "−" if amount < 0 else ""
    mark = _SIGNS.get(currency)
    return f"{sign}{mark}{digits}" if mark else f"{sign}{digits} {currency}"


def in_major_units(minor_units: int, currency: str) -> float:
    """An amount for a chart: 12550 and "GBP" become 125.5."""
    return float(to_amount(minor_units, currency))


def sign_of(currency: str) -> str:
    """What stands before an amount: "£", or the code and a space where there is no sign."""
    return _SIGNS.get(currency, f"{currency} ")
