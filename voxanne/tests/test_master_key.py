"""Which texts make a master key, and which are refused with a reason."""

import hashlib
import secrets

import pytest

from voxanne.master_key import KeyRefused, derive_master_key

GOOD_HEX = "4f1c9a7be2d05836a1f4c7e89b0d2356ff10ab9c8d7e6f5a4b3c2d1e0f918273"
GOOD_PHRASE = "quiet Otters-paint 7 violet Windows; before 1943?"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is empty"),
        ("   \n", "is empty"),
        ("changeme", "placeholder"),
        ("your-encryption-key-goes-here-please-0123456789", "placeholder"),
        ("PLACEHOLDER-" + GOOD_HEX, "placeholder"),
        ("0123456789abcdef" * 4, "published sample"),
        ("0123456789ABCDEF" * 4, "published sample"),
        ("a" * 64, "repeated"),
        ("ab" * 32, "repeated"),
        ("deadbeef" * 8, "repeated"),
        ("correct horse " * 5, "repeated"),
        ("".join(f"{n:02x}" for n in range(32)), "not random"),
        ("".join(f"{n:02x}" for n in range(255, 223, -1)), "not random"),
        ("00" * 28 + "11223344", "not random"),
        (GOOD_HEX[:-1], "damaged key: 63"),
        (GOOD_HEX + "a", "damaged key: 65"),
        (GOOD_HEX[:-4], "damaged key: 60"),
        (GOOD_HEX + "abcd", "damaged key: 68"),
        (GOOD_HEX[:56], "damaged key: 56"),
        ("short but varied 1!", "too easy"),
        ("aaaaaaaaaaaaaaaaaaaabbbbbbbbbbbbccccccccdd", "too easy"),
        ("abcdefghijklmno abcdefghijklmno", "too easy"),
        ("scrypt:", "passphrase after scrypt"),
        ("scrypt:tooshort", "passphrase after scrypt"),
        ("scrypt:aaaaaaaaaaaaaaaaaaaaaaaa", "passphrase after scrypt"),
    ],
)
def test_refused_with_a_reason_that_does_not_tell_the_key(text, reason):
    with pytest.raises(KeyRefused, match=reason) as refused:
        derive_master_key(text)

    assert not text.strip() or len(text) < 12 or text.strip() not in str(refused.value)


def test_the_secret_key_is_refused():
    with pytest.raises(KeyRefused, match="SECRET_KEY"):
        derive_master_key(GOOD_PHRASE, secret_key=f" {GOOD_PHRASE} ")


def test_hex_is_the_key_itself_in_either_case():
    assert derive_master_key(GOOD_HEX) == bytes.fromhex(GOOD_HEX)
    assert derive_master_key(GOOD_HEX.upper()) == bytes.fromhex(GOOD_HEX)


@pytest.mark.parametrize("space", [" ", "\n", "\r\n", "\t", "  \n\n"])
def test_white_space_around_a_key_is_not_part_of_it(space):
    assert derive_master_key(f"{space}{GOOD_HEX}{space}") == bytes.fromhex(GOOD_HEX)


def test_a_good_passphrase_is_hashed():
    assert derive_master_key(GOOD_PHRASE) == hashlib.sha256(GOOD_PHRASE.encode()).digest()


def test_a_passphrase_for_people_is_stretched():
    stretched = derive_master_key("scrypt:violet otters paint")

    assert len(stretched) == 32
    assert stretched != hashlib.sha256(b"violet otters paint").digest()
    assert stretched == derive_master_key("scrypt:violet otters paint")


def test_a_thousand_generated_keys_are_all_accepted():
    for _ in range(1000):
        derive_master_key(secrets.token_hex(32))


def test_the_environment_check_uses_the_same_rules():
    from voxanne.env import find_problems

    problems = {problem.name: problem.what for problem in find_problems({"ENCRYPTION_KEY": GOOD_HEX[:-1]})}
    assert "damaged key" in problems["ENCRYPTION_KEY"]
    assert GOOD_HEX[:-1] not in problems["ENCRYPTION_KEY"]
