"""What a file is, by its first bytes."""

import pytest

from calls.recordings.audio import recognise, wav_seconds
from calls.tests.recordings.conftest import wav


@pytest.mark.parametrize(
    ("head", "content_type"),
    [
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "audio/wav"),
        (b"ID3\x04\x00", "audio/mpeg"),
        (b"\xff\xfb\x90\x00", "audio/mpeg"),
        (b"OggS\x00", "audio/ogg"),
        (b"fLaC", "audio/flac"),
        (b"\x1a\x45\xdf\xa3", "audio/webm"),
        (b"\x00\x00\x00\x20ftypM4A ", "audio/mp4"),
        (b"RIFF\x00\x00\x00\x00AVI ", ""),
        (b"XXXX\x00\x00\x00\x00WAVE", ""),
        (b"<!doctype html>", ""),
        (b"\xff\xd8\xff\xe0", ""),
        (b"\xff", ""),
        (b"", ""),
    ],
)
def test_a_file_is_told_by_its_first_bytes(head, content_type):
    assert recognise(head) == content_type


def test_a_wav_file_says_how_long_it_plays():
    sound = wav(2.5)

    assert wav_seconds(sound[:4096], size=len(sound)) == pytest.approx(2.5, abs=0.01)


def test_a_length_that_cannot_be_is_not_believed():
    streamed = bytearray(wav(2.5))
    streamed[40:44] = b"\xff\xff\xff\x7f"

    assert wav_seconds(bytes(streamed[:4096]), size=len(streamed)) == pytest.approx(2.5, abs=0.01)


@pytest.mark.parametrize("head", [b"", b"RIFF", b"RIFF\x00\x00\x00\x00WAVE", b"ID3\x04"])
def test_what_is_no_wav_has_no_length(head):
    assert wav_seconds(head, size=100) is None
