"""The services that a new clinic starts with."""

from dataclasses import dataclass

# Currencies whose smallest unit is the whole one (ISO 4217).
_WHOLE_UNITS = frozenset(
    {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"}
)
_THOUSANDTHS = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})


@dataclass(frozen=True)
class DefaultService:
    """A price in whole units of the clinic's currency, and how long a first visit takes."""

    name: str
    price: int
    keywords: tuple[str, ...]
    duration_minutes: int
    buffer_after_minutes: int = 0


DEFAULT_SERVICES = (
    DefaultService("Botox", 400, ("botox", "wrinkle", "injection"), 30, 10),
    DefaultService("Facelift", 8000, ("facelift", "face lift"), 60, 15),
    DefaultService("Rhinoplasty", 6000, ("rhinoplasty", "nose job"), 60, 15),
    DefaultService("Breast Augmentation", 7500, ("breast augmentation", "breast implant", "boob job"), 60, 15),
    DefaultService("Liposuction", 5000, ("liposuction", "lipo"), 60, 15),
    DefaultService("Fillers", 500, ("filler", "dermal filler", "lip filler"), 45, 10),
    DefaultService("Consultation", 150, ("consultation", "consult"), 30),
)


def minor_units(price: int, *, currency: str) -> int:
    """A price in whole units as the currency's smallest ones: 400 GBP are 40,000 pence, 400 JPY are 400 yen."""
    if currency in _WHOLE_UNITS:
        return price
    return price * (1000 if currency in _THOUSANDTHS else 100)
