"""The services that a new clinic starts with."""

from dataclasses import dataclass


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
