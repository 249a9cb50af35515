"""Carriers by country, and the dialect that each understands.

Where public material disagrees or says nothing, a network has the standard's dialect: the page offers alternatives, and
a test call proves what a code did.
"""

from dataclasses import dataclass

from telephony.forwarding.dialects import DIALECTS, Dialect
from telephony.models import Carrier

COUNTRIES = {
    "US": "United States",
    "CA": "Canada",
    "GB": "United Kingdom",
    "IE": "Ireland",
    "AU": "Australia",
    "NZ": "New Zealand",
    "DE": "Germany",
    "AE": "United Arab Emirates",
}
# What each carrier of the API understands where no network is named.
DIALECT_OF_CARRIER = {
    Carrier.TMOBILE: "tmobile",
    Carrier.SPRINT: "tmobile",
    Carrier.ATT: "att",
    Carrier.VERIZON: "verizon",
    Carrier.OTHER_GSM: "gsm",
    Carrier.OTHER_CDMA: "cdma",
    Carrier.INTERNATIONAL: "gsm",
}
# These have lines in the United States only.
AMERICAN = frozenset({Carrier.ATT, Carrier.TMOBILE, Carrier.VERIZON, Carrier.SPRINT})


@dataclass(frozen=True)
class Network:
    """One carrier as people know it.

    Attributes:
        carrier: what stands for it in the API and the table.
        where: for a network without codes, where its customers set forwarding.
    """

    key: str
    name: str
    country: str
    carrier: Carrier
    dialect: str
    where: str = ""

    @property
    def codes(self) -> Dialect:
        return DIALECTS[self.dialect]


def _american(*rows: tuple[str, str, Carrier, str]) -> list[Network]:
    return [Network(f"us-{key}", name, "US", carrier, dialect) for key, name, carrier, dialect in rows]


def _abroad(country: str, *rows: tuple[str, str, str]) -> list[Network]:
    prefix = country.lower()
    return [Network(f"{prefix}-{key}", name, country, Carrier.INTERNATIONAL, dialect) for key, name, dialect in rows]


def _portal(country: str, key: str, name: str, where: str) -> Network:
    carrier = Carrier.OTHER_GSM if country == "US" else Carrier.INTERNATIONAL
    return Network(f"{country.lower()}-{key}", name, country, carrier, "portal", where)


_GSM, _CDMA = Carrier.OTHER_GSM, Carrier.OTHER_CDMA
_ROWS: list[Network] = [
    *_american(
        ("att", "AT&T", Carrier.ATT, "att"),
        ("tmobile", "T-Mobile", Carrier.TMOBILE, "tmobile"),
        ("verizon", "Verizon", Carrier.VERIZON, "verizon"),
        ("sprint", "Sprint (now T-Mobile)", Carrier.SPRINT, "tmobile"),
        ("visible", "Visible", Carrier.VERIZON, "verizon"),
        ("xfinity-mobile", "Xfinity Mobile", Carrier.VERIZON, "verizon"),
        ("spectrum-mobile", "Spectrum Mobile", Carrier.VERIZON, "verizon"),
        ("us-cellular", "UScellular", _CDMA, "cdma"),
        ("cricket", "Cricket Wireless", Carrier.ATT, "att"),
        ("metro", "Metro by T-Mobile", Carrier.TMOBILE, "tmobile"),
        ("mint", "Mint Mobile", Carrier.TMOBILE, "tmobile"),
        ("boost", "Boost Mobile", _GSM, "gsm"),
        ("consumer-cellular", "Consumer Cellular", _GSM, "gsm"),
        ("att-landline", "AT&T landline", _CDMA, "us_landline"),
        ("verizon-landline", "Verizon landline", _CDMA, "us_landline"),
        ("centurylink", "CenturyLink landline", _CDMA, "us_landline"),
        ("frontier", "Frontier landline", _CDMA, "us_landline"),
        ("xfinity-voice", "Xfinity Voice", _CDMA, "us_landline"),
        ("spectrum-voice", "Spectrum Voice", _CDMA, "us_landline"),
        ("other-gsm", "Another GSM network", _GSM, "gsm"),
        ("other-cdma", "Another CDMA network", _CDMA, "cdma"),
        ("other-landline", "Another landline", _CDMA, "us_landline"),
    ),
    _portal("US", "google-fi", "Google Fi", "Phone settings, Call forwarding, in the Google Fi app"),
    _portal("US", "google-voice", "Google Voice", "Settings, Calls, at voice.google.com"),
    _portal("US", "ringcentral", "RingCentral", "Call handling and forwarding in RingCentral"),
    _portal("US", "vonage", "Vonage", "Call forwarding in your Vonage account"),
    _portal("US", "8x8", "8x8", "Call forwarding in 8x8 Work"),
    *_abroad(
        "CA",
        ("telus", "Telus", "telus"),
        ("koodo", "Koodo", "telus"),
        ("public", "Public Mobile", "telus"),
        ("bell", "Bell", "bell"),
        ("virgin-plus", "Virgin Plus", "bell"),
        ("rogers", "Rogers", "gsm_single"),
        ("fido", "Fido", "gsm_single"),
        ("freedom", "Freedom Mobile", "gsm_single"),
        ("videotron", "Vidéotron", "gsm"),
        ("sasktel", "SaskTel", "gsm"),
        ("landline", "A landline", "us_landline"),
        ("other", "Another mobile network", "gsm"),
    ),
    *_abroad(
        "GB",
        ("ee", "EE", "gsm_single"),
        ("bt-mobile", "BT Mobile", "gsm_single"),
        ("o2", "O2", "gsm_single"),
        ("vodafone", "Vodafone", "gsm_single"),
        ("three", "Three", "gsm_single"),
        ("giffgaff", "giffgaff", "gsm_single"),
        ("tesco", "Tesco Mobile", "gsm_single"),
        ("sky", "Sky Mobile", "gsm_single"),
        ("voxi", "VOXI", "gsm_single"),
        ("smarty", "SMARTY", "gsm_single"),
        ("id", "iD Mobile", "gsm_single"),
        ("lebara", "Lebara", "gsm_single"),
        ("bt", "BT landline", "landline"),
        ("virgin-media", "Virgin Media landline", "landline"),
        ("other-landline", "Another landline", "landline"),
        ("other", "Another mobile network", "gsm"),
    ),
    *_abroad(
        "IE",
        ("vodafone", "Vodafone", "gsm_single"),
        ("three", "Three", "gsm_single"),
        ("eir", "eir mobile", "gsm_single"),
        ("48", "48", "gsm_single"),
        ("gomo", "GoMo", "gsm_single"),
        ("tesco", "Tesco Mobile", "gsm_single"),
        ("eir-landline", "eir landline", "landline"),
        ("other-landline", "Another landline", "landline"),
        ("other", "Another mobile network", "gsm"),
    ),
    *_abroad(
        "AU",
        ("telstra", "Telstra mobile", "telstra_mobile"),
        ("boost", "Boost Mobile", "telstra_mobile"),
        ("belong", "Belong", "telstra_mobile"),
        ("optus", "Optus", "gsm_single"),
        ("amaysim", "amaysim", "gsm_single"),
        ("vodafone", "Vodafone", "gsm_single"),
        ("tpg", "TPG", "gsm_single"),
        ("telstra-landline", "Telstra landline", "telstra_landline"),
        ("other", "Another mobile network", "gsm"),
    ),
    *_abroad(
        "NZ",
        ("one", "One NZ", "gsm"),
        ("spark", "Spark", "gsm"),
        ("2degrees", "2degrees", "gsm"),
        ("skinny", "Skinny", "gsm"),
        ("spark-landline", "Spark landline", "landline"),
        ("other", "Another mobile network", "gsm"),
    ),
    *_abroad(
        "DE",
        ("telekom", "Telekom", "gsm"),
        ("vodafone", "Vodafone", "gsm"),
        ("o2", "O2", "gsm"),
        ("1und1", "1&1", "gsm"),
        ("congstar", "congstar", "gsm"),
        ("telekom-landline", "Telekom landline", "landline"),
        ("other-landline", "Another landline", "landline"),
        ("other", "Another mobile network", "gsm"),
    ),
    *_abroad(
        "AE",
        ("etisalat", "e&", "gsm"),
        ("du", "du", "gsm"),
        ("virgin", "Virgin Mobile", "gsm"),
        ("other", "Another mobile network", "gsm"),
    ),
]

NETWORKS = {row.key: row for row in _ROWS}


def list_networks(country: str) -> list[Network]:
    """The carriers of a country in the order in which a page shows them; for an unknown country, the standard alone."""
    return [row for row in _ROWS if row.country == country] or [other_network(country)]


def other_network(country: str) -> Network:
    """What stands for every carrier of a country that the catalogue does not know."""
    return Network("", "Another mobile network", country, Carrier.INTERNATIONAL, "gsm")
