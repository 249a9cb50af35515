"""AES-256-GCM bound to its row and committed to its key."""

import os
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.encryption import Place, Sealed, SealingKey
from credentials.errors import Damage, SealBroken

PLACE = Place(org_id=UUID(int=1), table="org_credentials", column="encrypted_config", row="vapi")
KEY = SealingKey(bytes(range(32)), purpose="test")


def damage_of(sealed, place=PLACE, key=KEY):
    with pytest.raises(SealBroken) as broken:
        key.open(sealed, place)
    return broken.value.damage


def compact_damage_of(text, place=PLACE, key=KEY):
    with pytest.raises(SealBroken) as broken:
        key.open_compact(text, place)
    return broken.value.damage


@given(st.binary(min_size=1, max_size=4000))
def test_what_is_sealed_opens(plain):
    assert KEY.open(KEY.seal(plain, PLACE), PLACE) == plain
    assert KEY.open_compact(KEY.seal_compact(plain, PLACE), PLACE) == plain


@given(
    st.uuids(), st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\x1f"), max_size=20),
    st.uuids(), st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\x1f"), max_size=20),
)  # fmt: skip
@settings(max_examples=60)
def test_it_opens_in_its_own_place_only(org, row, other_org, other_row):
    place, other = replace(PLACE, org_id=org, row=row), replace(PLACE, org_id=other_org, row=other_row)
    sealed = KEY.seal(b"secret", place)
    if place != other:
        assert damage_of(sealed, other) == Damage.TAMPERED
    assert KEY.open(sealed, place) == b"secret"


def test_the_form_is_iv_tag_ciphertext_in_hex():
    iv, tag, body = KEY.seal(b"twelve bytes", PLACE).text.split(":")

    assert (len(iv), len(tag), len(body)) == (24, 32, 24)


def test_two_sealings_of_one_text_differ():
    assert KEY.seal(b"x", PLACE).text != KEY.seal(b"x", PLACE).text


def test_every_single_bit_flip_of_the_text_is_refused():
    sealed = KEY.seal(b'{"webhookSecret":"a"}', PLACE)
    raw = sealed.text.encode()
    for position in range(len(raw) * 8):
        flipped = bytearray(raw)
        flipped[position // 8] ^= 1 << position % 8
        damage_of(replace(sealed, text=flipped.decode("latin-1")))


def test_every_single_bit_flip_of_the_commitment_is_refused():
    sealed = KEY.seal(b"x", PLACE)
    raw = sealed.commitment.encode()
    for position in range(len(raw) * 8):
        flipped = bytearray(raw)
        flipped[position // 8] ^= 1 << position % 8
        damage_of(replace(sealed, commitment=flipped.decode("latin-1")))


def test_every_single_bit_flip_of_a_compact_text_is_refused():
    raw = KEY.seal_compact(b"some webhook payload", PLACE).encode()
    for position in range(len(raw) * 8):
        flipped = bytearray(raw)
        flipped[position // 8] ^= 1 << position % 8
        compact_damage_of(flipped.decode("latin-1"))


def test_every_truncation_is_refused():
    sealed = KEY.seal(b"some plain text", PLACE)
    for length in range(len(sealed.text)):
        damage_of(replace(sealed, text=sealed.text[:length]))
    compact = KEY.seal_compact(b"some plain text", PLACE)
    for length in range(len(compact)):
        compact_damage_of(compact[:length])


@pytest.mark.parametrize(
    "text", [":", "::", "a:b:c", "zz" * 12 + ":" + "00" * 16 + ":00", "00:00:00", " ", "\x00", "ü"]
)
def test_what_was_never_ciphertext_is_refused(text):
    assert damage_of(Sealed(text, "0" * 64, KEY.id)) == Damage.TRUNCATED
    assert compact_damage_of(text) == Damage.TRUNCATED


def test_nothing_at_all_is_called_empty():
    assert damage_of(Sealed("", "", KEY.id)) == Damage.EMPTY
    assert compact_damage_of("") == Damage.EMPTY


def test_another_key_is_called_so():
    other = SealingKey(os.urandom(32), purpose="test")

    assert damage_of(KEY.seal(b"x", PLACE), key=other) == Damage.WRONG_KEY
    assert compact_damage_of(KEY.seal_compact(b"x", PLACE), key=other) == Damage.WRONG_KEY
    assert damage_of(replace(KEY.seal(b"x", PLACE), version="v2")) == Damage.WRONG_KEY


def test_a_key_for_another_purpose_is_another_key():
    other = SealingKey(bytes(range(32)), purpose="something else")

    assert other.id != KEY.id
    assert damage_of(KEY.seal(b"x", PLACE), key=other) == Damage.WRONG_KEY


def test_a_forged_key_id_does_not_help():
    other = SealingKey(os.urandom(32), purpose="test")
    forged = replace(KEY.seal(b"x", PLACE), key_id=other.id)

    assert damage_of(forged, key=other) == Damage.TAMPERED


def test_a_key_does_not_print_itself():
    assert bytes(range(32)).hex() not in repr(KEY)
    assert KEY.check_value not in KEY.id


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_key_has_32_bytes(length):
    with pytest.raises(ValueError, match="32 bytes"):
        SealingKey(b"x" * length, purpose="test")
