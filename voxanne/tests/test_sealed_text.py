"""Encryption of people's own secrets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voxanne.sealed_text import SealBroken, seal, unseal

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


def test_every_changed_byte_is_noticed():
    sealed = seal("secret", purpose="mfa")
    for place in range(3, len(sealed) - 2):
        changed = sealed[:place] + ("A" if sealed[place] != "A" else "B") + sealed[place + 1 :]
        with pytest.raises(SealBroken):
            unseal(changed, purpose="mfa")


def test_a_retired_key_still_opens_and_an_unknown_one_does_not(settings):
    sealed = seal("secret", purpose="mfa")
    old, settings.ENCRYPTION_KEY = settings.ENCRYPTION_KEY, OTHER_KEY
    with pytest.raises(SealBroken):
        unseal(sealed, purpose="mfa")

    settings.ENCRYPTION_KEYS_RETIRED = [old]

    assert unseal(sealed, purpose="mfa") == "secret"
