"""What can be a clinic's line, however it is written."""

import pytest

from telephony.forwarding.errors import InvalidPhone, NumberNotAllowed
from telephony.forwarding.lines import read_line, read_line_as_typed
from telephony.tests.lines import LINE, validations

pytestmark = pytest.mark.django_db


def test_emergency_premium_and_malformed_numbers_are_refused_without_asking_twilio(desk):
    refused = {
        "911": "invalid_phone", "+1911": "invalid_phone", "+44999": "invalid_phone", "112": "invalid_phone",
        "+19002345678": "number_not_allowed", "+449098790000": "number_not_allowed",
        "+448451234567": "number_not_allowed", "+1555123456789012": "invalid_phone", "+999123456789": "invalid_phone",
        "02079460101": "invalid_phone", "+1800FLOWERS": "invalid_phone", "+15551234567;ext=5": "invalid_phone",
        "+1555123456": "invalid_phone", "+15550001111\0": "invalid_phone", " +15550001111": "invalid_phone",
    }  # fmt: skip
    for number, code in refused.items():
        answer = desk.initiate(number)
        assert (answer.status_code, answer.json()["code"]) == (400, code), number
    for body in ({}, {"phoneNumber": None}, {"phoneNumber": ["+15550001111"]}):
        assert desk.post("verify-caller-id/initiate", body).json()["code"] == "invalid_phone"
    assert desk.initiate(friendlyName="x" * 65).status_code == 400
    assert desk.sandbox.requests_to("twilio", "POST") == []


def test_a_page_takes_numbers_as_people_write_them():
    for text, country, number in (
        ("(555) 000-1111", "US", "+15550001111"),
        ("020 7946 0101", "GB", "+442079460101"),
        ("+44 (0)20 7946 0101", "US", "+442079460101"),
        ("0011 44 20 7946 0101", "AU", "+442079460101"),
        ("+15550001111", "GB", "+15550001111"),
    ):
        assert read_line_as_typed(text, country=country) == number
    for text in ("", "555-0111", "1-800-FLOWERS", "020 7946 0101 x12", "9" * 41, "*21*1234#"):
        with pytest.raises(InvalidPhone):
            read_line_as_typed(text, country="US" if "555" in text else "GB")
    for text, country in (("911", "US"), ("999", "GB"), ("112", "DE")):
        with pytest.raises(NumberNotAllowed, match="Emergency"):
            read_line_as_typed(text, country=country)
    assert read_line("+18005550199") == "+18005550199"


def test_a_number_that_an_agent_answers_needs_no_forwarding(desk):
    desk.has_number(LINE)

    answer = desk.initiate()

    assert (answer.status_code, answer.json()["code"]) == (409, "own_twilio_number")
    assert validations(desk) == []
