"""The codes of every carrier: as the product promises them, and in a form that networks can read."""

import re
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as some

from telephony.forwarding.carriers import COUNTRIES, DIALECT_OF_CARRIER, NETWORKS, list_networks
from telephony.forwarding.codes import codes_for
from telephony.forwarding.dialects import DIALECTS
from telephony.forwarding.errors import ChoiceNotOffered
from telephony.models import Carrier, ForwardingType
from voxanne.errors import BadInput

DEST = "+15550109999"
TOTAL, NET = ForwardingType.TOTAL_AI, ForwardingType.SAFETY_NET
# carrier: total on, total off, safety net on, safety net off
PROMISED = {
    Carrier.TMOBILE: ("**21*{to}#", "##21#", "**61*{to}*11*{s}#", "##61#"),
    Carrier.SPRINT: ("**21*{to}#", "##21#", "**61*{to}*11*{s}#", "##61#"),
    Carrier.ATT: ("*21*{to}#", "#21#", "*004*{to}*11*{s}#", "##004#"),
    Carrier.VERIZON: ("*72{to}", "*73", "*71{to}", "*73"),
    Carrier.OTHER_GSM: ("**21*{to}#", "##21#", "**004*{to}*11*{s}#", "##004#"),
    Carrier.INTERNATIONAL: ("**21*{to}#", "##21#", "**004*{to}*11*{s}#", "##004#"),
    Carrier.OTHER_CDMA: ("*72{to}", "*73", "*71{to}", "*73"),
}
SERVICES = {"21", "61", "62", "67", "002", "004"}
TIMED = {"61", "002", "004"}
BASIC_SERVICES = {"", "10", "11", "12", "13", "16", "19", "20", "21", "25", "26"}
MMI = re.compile(r"(?P<what>\*\*|\*#|##|\*|#)(?P<service>\d{2,3})(?P<rest>(?:\*[^*#]*)*)#")
FEATURE = re.compile(r"\*\d{2}(\+?\d{6,18})?")
# Landlines of Telstra's: no star before the number.
TELSTRA = re.compile(r"[*#](21|24|61)(\+?\d{6,18}(\*\d{1,2})?)?#")


@dataclass(frozen=True)
class Mmi:
    """One code as 3GPP TS 22.030 reads it."""

    what: str
    service: str
    number: str = ""
    basic: str = ""
    seconds: str = ""


def parse_mmi(code):
    """The parts of a code, None where the standard does not know it."""
    found = MMI.fullmatch(code)
    if found is None or found["service"] not in SERVICES:
        return None
    parts = found["rest"].split("*")[1:]
    if len(parts) > 3:
        return None
    number, basic, seconds = [*parts, "", "", ""][:3]
    is_number = re.fullmatch(r"\+?\d{3,18}", number) if number else not parts
    is_timer = not seconds or (found["service"] in TIMED and seconds.isdecimal() and 5 <= int(seconds) <= 30)
    if not is_number or basic not in BASIC_SERVICES or not is_timer:
        return None
    if found["what"] in {"##", "#", "*#"} and parts:
        return None
    return Mmi(found["what"], found["service"], number, basic, seconds)


def is_readable(code):
    return bool(parse_mmi(code) or FEATURE.fullmatch(code) or TELSTRA.fullmatch(code))


def all_codes(codes):
    listed = (codes.activation, codes.deactivation, codes.dial_sequence, codes.off_sequence)
    return [*listed, *(code.code for code in (*codes.alternatives, *codes.extras))]


def test_the_parser_knows_the_standard():
    assert parse_mmi("**61*00431234*11*5#") == Mmi("**", "61", "00431234", "11", "5")
    assert parse_mmi("#21#") == Mmi("#", "21")
    for wrong in (
        "**61*1234*11*31#",
        "**62*1234*11*20#",
        "**99*1234#",
        "**21*12 34#",
        "**21**#",
        "21*1234#",
        "**21*1234",
    ):
        assert parse_mmi(wrong) is None, wrong


def test_the_carriers_of_the_api_have_the_promised_codes():
    assert set(PROMISED) == set(Carrier)
    for carrier, (total, total_off, net, net_off) in PROMISED.items():
        for mode, on, off in ((TOTAL, total, total_off), (NET, net, net_off)):
            codes = codes_for(DIALECT_OF_CARRIER[carrier], mode, DEST, 20, "US")
            assert codes.activation == on.format(to=DEST, s=20), (carrier, mode)
            assert codes.deactivation == off, (carrier, mode)


def test_the_catalogue_knows_sixty_carriers_in_eight_countries():
    named = [network for network in NETWORKS.values() if "other" not in network.key]

    assert len(named) >= 60
    assert {network.country for network in named} == set(COUNTRIES)
    assert len(COUNTRIES) >= 8
    for network in NETWORKS.values():
        assert network.key.startswith(f"{network.country.lower()}-")
        assert len(network.key) <= 40
        assert network in list_networks(network.country)
        assert (network.dialect == "portal") == bool(network.where)
    assert [network.dialect for network in list_networks("FR")] == ["gsm"]


def test_every_carrier_of_the_catalogue_has_readable_codes_both_ways():
    destinations = {"US": DEST, "CA": DEST, "GB": "+442079460101", "IE": "+35312345678", "AU": "+61291234567",
                    "NZ": "+6491234567", "DE": "+493012345678", "AE": "+97141234567"}  # fmt: skip
    for network in NETWORKS.values():
        for mode in ForwardingType:
            if network.dialect == "portal":
                with pytest.raises(ChoiceNotOffered):
                    codes_for(network.dialect, mode, DEST, 20, network.country)
                continue
            to = destinations[network.country]
            codes = codes_for(network.dialect, mode, to, 20, network.country)
            assert [code for code in all_codes(codes) if not is_readable(code)] == [], (network.key, mode)
            assert to in codes.activation
            assert " " not in "".join(all_codes(codes))
            assert codes.notes


@given(
    dialect=some.sampled_from([key for key, row in DIALECTS.items() if row.total]),
    mode=some.sampled_from(ForwardingType),
    destination=some.from_regex(
        r"\+(1[2-9]\d{9}|44[1-9]\d{8,9}|61[2-9]\d{8}|353[1-9]\d{7,8}|971[2-9]\d{7})", fullmatch=True
    ),
    ring_seconds=some.none() | some.integers(5, 60),
    country=some.sampled_from([*COUNTRIES, "FR", ""]),
)
def test_whatever_is_chosen_parses_and_never_rings_longer_than_asked(dialect, mode, destination, ring_seconds, country):
    codes = codes_for(dialect, mode, destination, ring_seconds, country)

    assert [code for code in all_codes(codes) if not is_readable(code)] == []
    assert destination in codes.activation
    assert len(codes.activation) <= 60
    used = codes.ring_seconds_used
    assert used is None or used <= max(ring_seconds or 25, 10)


def test_a_network_gets_the_number_as_it_takes_it():
    cases = [
        ("tmobile", TOTAL, DEST, "US", "**21*15550109999#"),
        ("att", NET, DEST, "US", "*004*15550109999*11*25#"),
        ("verizon", TOTAL, DEST, "US", "*725550109999"),
        ("verizon", TOTAL, "+442079460101", "US", "*72011442079460101"),
        ("us_landline", NET, DEST, "US", "*925550109999"),
        ("gsm", TOTAL, DEST, "US", "**21*15550109999#"),
        ("gsm", TOTAL, "+442079460101", "GB", "**21*+442079460101#"),
        ("gsm_single", NET, "+442079460101", "GB", "**61*+442079460101*11*25#"),
        ("landline", TOTAL, "+442079460101", "GB", "*21*02079460101#"),
        ("landline", TOTAL, DEST, "GB", "*21*0015550109999#"),
        ("telus", NET, "+14165550123", "CA", "*61*4165550123*11*20#"),
        ("telstra_mobile", NET, "+61291234567", "AU", "**61*+61291234567*10#"),
        ("telstra_landline", NET, "+61291234567", "AU", "*610291234567*25#"),
    ]
    for dialect, mode, to, country, wanted in cases:
        codes = codes_for(dialect, mode, to, None, country)
        assert codes.dial_sequence == wanted, dialect


def test_where_a_phone_has_a_plus_the_number_in_full_is_tried_next():
    for dialect, is_offered in (("tmobile", True), ("gsm", True), ("verizon", False), ("us_landline", False)):
        codes = codes_for(dialect, TOTAL, DEST, None, "US")
        assert (codes.activation in [code.code for code in codes.alternatives]) == is_offered, dialect
    assert codes_for("gsm", TOTAL, "+442079460101", None, "GB").alternatives == ()


def test_the_ring_time_is_rounded_down_to_what_the_network_takes_and_said():
    for asked, used in ((5, 5), (9, 5), (20, 20), (33, 30), (60, 30)):
        codes = codes_for("gsm", NET, DEST, asked, "US")
        assert codes.ring_seconds_used == used
        assert f"rings for {used} seconds first" in codes.notes[0]
        assert (f"not {asked}" in codes.notes[0]) == (used != asked)
    assert codes_for("telus", NET, DEST, 25, "CA").ring_seconds_used == 20
    assert codes_for("telus", NET, DEST, 5, "CA").ring_seconds_used == 10
    verizon = codes_for("verizon", NET, DEST, 15, "US")
    assert verizon.ring_seconds_used is None
    assert "Your carrier decides" in verizon.notes[0]
    assert codes_for("gsm", TOTAL, DEST, 15, "US").ring_seconds_used is None
    for wrong in (4, 61, 0, -5):
        with pytest.raises(BadInput, match="5 to 60 seconds"):
            codes_for("gsm", NET, DEST, wrong, "US")


def test_a_line_is_told_what_to_mind():
    def notes(*wanted):
        return " ".join(codes_for(*wanted).notes)

    assert "another country" in notes("tmobile", TOTAL, "+442079460101", 25, "US")
    assert "another country" not in notes("tmobile", TOTAL, DEST, 25, "US")
    assert "voicemail" in notes("gsm", NET, DEST, 25, "US")
    assert "dial ##21# first" in notes("gsm", NET, DEST, 25, "US")
    assert "dial both" in notes("us_landline", NET, DEST, 25, "US")
