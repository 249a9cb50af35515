"""Encryption of people's own secrets."""

from base64 import urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voxanne import sealed_text
from voxanne.master_key import master_key_id
from voxanne.sealed_text import SealBroken, key_id_of, named_prefix, reseal, seal, unseal

OTHER_KEY = "1f0e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1a7"


@given(st.text())
def test_what_was_sealed_opens(text):
    assert unseal(seal(text, purpose="mfa"), purpose="mfa") == text


def test_the_same_text_never_looks_the_same():
    assert seal("secret", purpose="mfa") != seal("secret", purpose="mfa")


def test_it_opens_for_its_purpose_only():
    with pytest.raises(SealBroken):
        unseal(seal("secret", purpose="mfa"), purpose="other")


@given(st.text(max_size=200))
def test_what_was_never_sealed_is_refused(text):
    with pytest.raises(SealBroken):
        unseal(text, purpose="mfa")


def old_form(text, settings):
    """As texts were sealed before they named their key."""
    body = sealed_text._cipher(settings.ENCRYPTION_KEY, "mfa").encrypt(bytes(12), text.encode(), b"mfa")
    return f"s1:{urlsafe_b64encode(bytes(12) + body).decode()}"


@pytest.mark.parametrize("form", [old_form, lambda text, settings: seal(text, purpose="mfa")], ids=["s1", "s2"])
def test_every_flipped_bit_and_every_cut_is_noticed(form, settings):
    sealed = form("secret", settings)
    assert unseal(sealed, purpose="mfa") == "secret"
    raw = sealed.encode()
    flipped = [
        bytes([*raw[:place], raw[place] ^ 1 << bit, *raw[place + 1 :]]) for place in range(len(raw)) for bit in range(8)
    ]
    for changed in (*flipped, *(raw[:length] for length in range(len(raw)))):
        with pytest.raises(SealBroken):
            unseal(changed.decode("latin-1"), purpose="mfa")


def test_a_text_names_its_key(settings):
    sealed = seal("secret", purpose="mfa")

    assert key_id_of(sealed) == master_key_id(settings.ENCRYPTION_KEY)
    assert sealed.startswith(named_prefix(key_id_of(sealed)))
    assert key_id_of(old_form("secret", settings)) == key_id_of("") == key_id_of("anything") == ""


def test_another_keys_name_does_not_help(settings):
    version, _, body = seal("secret", purpose="mfa").split(":")
    settings.ENCRYPTION_KEYS_RETIRED = [OTHER_KEY]

    with pytest.raises(SealBroken):
        unseal(f"{version}:{master_key_id(OTHER_KEY)}:{body}", purpose="mfa")


def test_sealing_again_takes_the_current_key(settings):
    sealed = seal("secret", purpose="mfa")
    old, settings.ENCRYPTION_KEY = settings.ENCRYPTION_KEY, OTHER_KEY
    settings.ENCRYPTION_KEYS_RETIRED = [old]

    fresh = reseal(sealed, purpose="mfa")

    settings.ENCRYPTION_KEYS_RETIRED = []
    assert unseal(fresh, purpose="mfa") == "secret"
    with pytest.raises(SealBroken):
        reseal(sealed, purpose="mfa")


def test_a_retired_key_still_opens_and_an_unknown_one_does_not(settings):
    sealed = seal("secret", purpose="mfa")
    old, settings.ENCRYPTION_KEY = settings.ENCRYPTION_KEY, OTHER_KEY
    with pytest.raises(SealBroken):
        unseal(sealed, purpose="mfa")

    settings.ENCRYPTION_KEYS_RETIRED = [old]

    assert unseal(sealed, purpose="mfa") == "secret"
