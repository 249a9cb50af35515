"""The shapes of what people type, tried with whatever anybody could type."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.fields import FIELDS, build, read_values
from credentials.masks import mask_phone, mask_sid
from credentials.tests.given import ELEVENLABS, RESEND, TWILIO
from credentials.types import CREDENTIAL_TYPES, Provider
from voxanne.errors import BadInput

WITH_WEBHOOK = {**RESEND, "webhookSecret": "whsec_" + "QUJD" * 8}
GIVEN = {Provider.TWILIO: TWILIO, Provider.RESEND: WITH_WEBHOOK, Provider.ELEVENLABS: ELEVENLABS}
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


def attempt(provider, body):
    """The values, or None and the fields that were refused."""
    try:
        return read_values(provider, body), {}
    except BadInput as refused:
        return None, refused.fields


@pytest.mark.parametrize("provider", GIVEN)
def test_what_is_typed_comes_back_through_the_encrypted_form(provider):
    credentials = build(provider, read_values(provider, GIVEN[provider]))

    assert CREDENTIAL_TYPES[provider].from_config(credentials.to_config()) == credentials
    for field in FIELDS[provider]:
        if field.is_secret:
            assert GIVEN[provider][field.name] not in repr(credentials)


@pytest.mark.parametrize("provider", list(FIELDS))
@given(body=anything)
@settings(max_examples=150)
def test_any_body_is_taken_or_refused_by_field(provider, body):
    values, refused = attempt(provider, body)

    names = {field.name for field in FIELDS[provider]}
    assert set(refused) <= names
    assert values is None or set(values) == names


@pytest.mark.parametrize(
    ("provider", "name"), [(provider, field.name) for provider, fields in FIELDS.items() for field in fields]
)
@given(value=st.text(min_size=1, max_size=400))
@settings(max_examples=100)
def test_what_is_taken_is_printable_ascii_and_refusals_repeat_nothing(provider, name, value):
    body = {**GIVEN.get(provider, {}), name: value}
    values, refused = attempt(provider, body)

    assert set(refused) <= {name}
    assert len(value.strip()) <= 12 or value.strip() not in str(refused)
    if values:
        assert values[name].isprintable()
        assert not re.search(r"\s", values[name])


@given(st.from_regex(r"AC[0-9a-f]{32}", fullmatch=True), st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True))
def test_every_well_formed_account_is_taken(sid, number):
    values = read_values(Provider.TWILIO, {**TWILIO, "accountSid": f" {sid} ", "phoneNumber": number})

    assert (values["accountSid"], values["phoneNumber"]) == (sid, number)


@given(st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True))
def test_a_masked_number_tells_its_country_and_four_digits(number):
    masked = mask_phone(number)

    assert masked.endswith(f"•••••{number[-4:]}")
    assert len(re.sub(r"\D", "", masked)) <= 7
    assert number not in masked


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("+44 20 7183 8750", "+442071838750"),
        ("+1 (555) 010-1234", "+15550101234"),
        ("+44\u00a020 71838750", "+442071838750"),
    ],
)
def test_a_number_is_taken_as_people_write_it(typed, kept):
    assert read_values(Provider.TWILIO, {**TWILIO, "phoneNumber": typed})["phoneNumber"] == kept


FULL = {**TWILIO, "whatsappNumber": "+442071838759", "messagingServiceSid": "MG" + "4" * 32}


@pytest.mark.parametrize("empty", ["", "  ", None])
def test_an_optional_value_is_cleared_by_an_empty_one_and_kept_by_a_missing_key(empty):
    missing = read_values(Provider.TWILIO, TWILIO, stored=FULL)
    cleared = read_values(Provider.TWILIO, {**TWILIO, "whatsappNumber": empty}, stored=FULL)

    assert missing == FULL
    assert cleared == {**FULL, "whatsappNumber": ""}


def test_what_goes_with_an_account_is_not_kept_for_another():
    values = read_values(Provider.TWILIO, {**TWILIO, "accountSid": "AC" + "5" * 32}, stored=FULL, kept=FULL)

    assert (values["whatsappNumber"], values["messagingServiceSid"]) == ("", "")


def test_a_required_value_is_never_cleared():
    assert read_values(Provider.TWILIO, {"phoneNumber": ""}, kept=TWILIO)["phoneNumber"] == TWILIO["phoneNumber"]
    with pytest.raises(BadInput) as refused:
        read_values(Provider.TWILIO, {**TWILIO, "authToken": ""}, stored=FULL)
    assert set(refused.value.fields) == {"authToken"}


def test_a_kept_value_stands_for_an_empty_field_only():
    kept = {**TWILIO, "whatsappNumber": "", "messagingServiceSid": ""}

    assert read_values(Provider.TWILIO, {}, kept=kept)["authToken"] == TWILIO["authToken"]
    assert read_values(Provider.TWILIO, {"authToken": "3" * 32}, kept=kept)["authToken"] == "3" * 32
    with pytest.raises(BadInput):
        read_values(Provider.TWILIO, {"authToken": "x"}, kept=kept)


def test_masks():
    assert mask_phone("+15550101234") == "+1•••••1234"
    assert mask_phone("") == ""
    assert mask_sid("AC1234567890") == "AC1234…"
    assert mask_sid("") == ""
