"""Files that are encrypted in pieces: any part opens alone, nothing that was touched opens at all."""

import io

import pytest

from credentials.errors import SealedTextUnreadable
from credentials.sealed_files import PIECE_BYTES, TAG_BYTES, SealedFile, new_file_key, seal_pieces, sealed_size

KEY, CONTEXT = new_file_key(), "tests.file 1"
SIZES = [0, 1, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 3 * PIECE_BYTES, 3 * PIECE_BYTES + 7]


def content(size):
    return bytes(number % 251 for number in range(size))


def sealed(size, *, chunk=50_000):
    plain = content(size)
    chunks = [plain[at : at + chunk] for at in range(0, size, chunk)]
    return b"".join(seal_pieces(chunks, key=KEY, context=CONTEXT))


def read(stored, size, start=0, stop=None, *, key=KEY, context=CONTEXT):
    file = SealedFile(io.BytesIO(stored), key=key, context=context, size=size)
    return b"".join(file.read_range(start, size if stop is None else stop))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("chunk", [7777, PIECE_BYTES, 1_000_000])
def test_what_goes_in_comes_out_whatever_the_chunks(size, chunk):
    stored = sealed(size, chunk=chunk)

    assert len(stored) == sealed_size(size)
    assert read(stored, size) == content(size)


@pytest.mark.parametrize(
    ("start", "stop"),
    [(0, 1), (10, 20), (PIECE_BYTES - 1, PIECE_BYTES + 1), (PIECE_BYTES, 2 * PIECE_BYTES), (150_000, 196_615)],
)
def test_any_part_opens_alone(start, stop):
    size = 3 * PIECE_BYTES + 7

    assert read(sealed(size), size, start, stop) == content(size)[start:stop]


def test_nothing_of_the_content_can_be_seen():
    assert content(300)[:40] not in sealed(300)
    assert sealed(300) == sealed(300), "the key, which is never used twice, is what makes two files differ"


def test_a_piece_that_was_changed_moved_cut_or_added_does_not_open():
    size, whole = 2 * PIECE_BYTES, PIECE_BYTES + TAG_BYTES
    stored = sealed(size)
    first, second = stored[:whole], stored[whole:]
    for damaged in (
        bytes([stored[0] ^ 1]) + stored[1:], stored[:-1] + bytes([stored[-1] ^ 1]), second + first, first + first,
        stored[:-1], first, b"",
    ):  # fmt: skip
        with pytest.raises(SealedTextUnreadable):
            read(damaged, size)
    with pytest.raises(SealedTextUnreadable):
        read(first, PIECE_BYTES), "a file that was cut at a piece's end is not a shorter file"
    with pytest.raises(SealedTextUnreadable):
        read(stored + second, 3 * PIECE_BYTES)


def test_another_key_or_another_file_does_not_open_it():
    with pytest.raises(SealedTextUnreadable):
        read(sealed(10), 10, key=new_file_key())
    with pytest.raises(SealedTextUnreadable):
        read(sealed(10), 10, context="tests.file 2")
