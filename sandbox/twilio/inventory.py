"""Numbers that Twilio has for sale: the upper half of ranges kept for fiction, so that nobody is ever rung.

The lower half is left to people who type a number of their own.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.json_types import JsonObject
from sandbox.twilio.identifiers import friendly


@dataclass(frozen=True)
class Range:
    """Numbers of one country and type: `prefix` and so many digits, from `first` up to but without `end`."""

    country: str
    type: str
    prefix: str
    digits: int
    first: int
    end: int
    locality: str
    region: str
    address: str = "none"

    def numbers(self) -> Iterator[str]:
        """Yield the numbers in order."""
        return (f"{self.prefix}{number:0{self.digits}d}" for number in range(self.first, self.end))

    def has(self, number: str) -> bool:
        """Whether a number is in the range."""
        rest = number.removeprefix(self.prefix)
        inside = rest.isdecimal() and len(rest) == self.digits and self.first <= int(rest) < self.end
        return number.startswith(self.prefix) and inside


def _north_american(country: str, area: str, locality: str, region: str) -> Range:
    return Range(country, "Local", f"+1{area}555", 4, 150, 199, locality, region)


AMERICAN_AREAS = {
    "212": ("New York", "NY"), "202": ("Washington", "DC"), "213": ("Los Angeles", "CA"), "305": ("Miami", "FL"),
    "312": ("Chicago", "IL"), "404": ("Atlanta", "GA"), "415": ("San Francisco", "CA"), "512": ("Austin", "TX"),
    "617": ("Boston", "MA"), "702": ("Las Vegas", "NV"),
}  # fmt: skip
CANADIAN_AREAS = {"416": ("Toronto", "ON"), "514": ("Montreal", "QC"), "604": ("Vancouver", "BC")}

RANGES = (
    *(_north_american("US", area, *place) for area, place in AMERICAN_AREAS.items()),
    *(_north_american("CA", area, *place) for area, place in CANADIAN_AREAS.items()),
    Range("US", "TollFree", "+1800555", 4, 150, 199, "", ""),
    Range("GB", "Local", "+442079460", 3, 500, 999, "London", "England"),
    Range("GB", "Local", "+441134960", 3, 500, 999, "Leeds", "England"),
    Range("GB", "Local", "+441314960", 3, 500, 999, "Edinburgh", "Scotland"),
    Range("GB", "Mobile", "+447700900", 3, 500, 999, "", ""),
    Range("GB", "TollFree", "+448081570", 3, 500, 999, "", ""),
    Range("IE", "Local", "+35320910", 4, 500, 999, "", "", address="local"),
    Range("AU", "Local", "+61255500", 3, 50, 99, "Sydney", "NSW", address="any"),
    Range("AU", "Mobile", "+61491570", 3, 500, 999, "", "", address="any"),
)
COUNTRIES = frozenset(item.country for item in RANGES)
WILDCARDS = str.maketrans({"*": ".", "%": ".", "$": "", "+": r"\+"})


def range_of(number: str) -> Range | None:
    """Return the range that a number is sold from."""
    return next((item for item in RANGES if item.has(number)), None)


def area_of(number: str) -> str:
    """Return the North American area code of a number."""
    return number[2:5] if number.startswith("+1") else ""


def offers(country: str, kind: str, *, area_code: str = "", contains: str = "") -> Iterator[tuple[Range, str]]:
    """Yield what is sold in a country that fits the wishes, ranges taking turns."""
    pattern = re.compile(_pattern(contains), re.IGNORECASE)
    wanted = [
        _matching(item, pattern)
        for item in RANGES
        if item.country == country and item.type == kind and (not area_code or area_of(item.prefix) == area_code)
    ]
    while wanted:
        for queue in list(wanted):
            offer = next(queue, None)
            if offer is None:
                wanted.remove(queue)
            else:
                yield offer


def shown(offer: tuple[Range, str]) -> JsonObject:
    """Return an offer as the API lists it."""
    source, number = offer
    return {
        "phone_number": number,
        "friendly_name": friendly(number),
        "iso_country": source.country,
        "locality": source.locality or None,
        "region": source.region or None,
        "postal_code": None,
        "rate_center": source.locality.upper() or None,
        "lata": None,
        "latitude": None,
        "longitude": None,
        "address_requirements": source.address,
        "beta": False,
        "capabilities": capabilities(source),
    }


def capabilities(source: Range) -> JsonObject:
    """Return what numbers of a range can do, in the list's own capitals."""
    return {"voice": True, "SMS": True, "MMS": source.country in {"US", "CA"}, "fax": False}


def _matching(source: Range, pattern: re.Pattern[str]) -> Iterator[tuple[Range, str]]:
    return ((source, number) for number in source.numbers() if pattern.search(number))


def _pattern(contains: str) -> str:
    literal = re.sub(r"[^0-9A-Za-z*%+$]", "", contains).translate(WILDCARDS)
    return literal + ("$" if contains.endswith("$") else "")
