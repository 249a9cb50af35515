"""Encryption of people's own secrets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voxanne.master_key import master_key_id
from voxanne.sealed_text import SealBroken, key_id_of, named_prefix, reseal, seal, unseal

PLACE = {"purpose": "mfa", "row": "1"}
OTHER_KEY = "1f0e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1a7"


@given(st.text())
def test_what_was_sealed_opens(text):
    assert unseal(seal(text, **PLACE), **PLACE) == text


def test_the_same_text_never_looks_the_same():
    assert seal("secret", **PLACE) != seal("secret", **PLACE)


@pytest.mark.parametrize(
    "elsewhere", [{"purpose": "other"}, {"row": "2"}, {"row": ""}, {"purpose": "mfa\0001", "row": ""}]
)
def test_it_opens_for_its_purpose_and_row_only(elsewhere):
    with pytest.raises(SealBroken):
        unseal(seal("secret", **PLACE), **{**PLACE, **elsewhere})


@given(st.text(max_size=200))
def test_what_was_never_sealed_is_refused(text):
    with pytest.raises(SealBroken):
        unseal(text, **PLACE)


def test_every_flipped_bit_and_every_cut_is_noticed():
    sealed = seal("secret", **PLACE)
    assert unseal(sealed, **PLACE) == "secret"
    raw = sealed.encode()
    flipped = [
        bytes([*raw[:place], raw[place] ^ 1 << bit, *raw[place + 1 :]]) for place in range(len(raw)) for bit in range(8)
    ]
    for changed in (*flipped, *(raw[:length] for length in range(len(raw)))):
        with pytest.raises(SealBroken):
            unseal(changed.decode("latin-1"), **PLACE)


def test_a_text_names_its_key(settings):
    sealed = seal("secret", **PLACE)

    assert key_id_of(sealed) == master_key_id(settings.ENCRYPTION_KEY)
    assert sealed.startswith(named_prefix(key_id_of(sealed)))
    assert key_id_of("") == key_id_of("anything") == key_id_of("s2:key:body") == ""


def test_another_keys_name_does_not_help(settings):
    version, _, body = seal("secret", **PLACE).split(":")
    settings.ENCRYPTION_KEYS_RETIRED = [OTHER_KEY]

    with pytest.raises(SealBroken):
        unseal(f"{version}:{master_key_id(OTHER_KEY)}:{body}", **PLACE)


def test_sealing_again_takes_the_current_key(settings):
    sealed = seal("secret", **PLACE)
    old, settings.ENCRYPTION_KEY = settings.ENCRYPTION_KEY, OTHER_KEY
    settings.ENCRYPTION_KEYS_RETIRED = [old]

    fresh = reseal(sealed, **PLACE)

    settings.ENCRYPTION_KEYS_RETIRED = []
    assert unseal(fresh, **PLACE) == "secret"
    with pytest.raises(SealBroken):
        reseal(sealed, **PLACE)


def test_a_retired_key_still_opens_and_an_unknown_one_does_not(settings):
    sealed = seal("secret", **PLACE)
    old, settings.ENCRYPTION_KEY = settings.ENCRYPTION_KEY, OTHER_KEY
    with pytest.raises(SealBroken):
        unseal(sealed, **PLACE)

    settings.ENCRYPTION_KEYS_RETIRED = [old]

    assert unseal(sealed, **PLACE) == "secret"
