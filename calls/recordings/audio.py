"""What a file really is, by its first bytes: what its sender calls it is not believed."""

import io
import wave

HEAD_BYTES = 4096

# What begins a file, after how many bytes, and what it is then.
_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (8, b"WAVE", "audio/wav"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"OggS", "audio/ogg"),
    (0, b"fLaC", "audio/flac"),
    (0, b"\x1a\x45\xdf\xa3", "audio/webm"),
    (4, b"ftyp", "audio/mp4"),
)
# An MPEG frame without a tag: eleven set bits, then a version and a layer that exist.
_MPEG_SYNC, _MPEG_SECOND = 0xFF, frozenset({0xF2, 0xF3, 0xFA, 0xFB})


def recognise(head: bytes) -> str:
    """The content type of a sound file by its first bytes; "" when it is none that browsers play."""
    for offset, magic, content_type in _MAGIC:
        if head[offset : offset + len(magic)] == magic and (content_type != "audio/wav" or head[:4] == b"RIFF"):
            return content_type
    if len(head) > 1 and head[0] == _MPEG_SYNC and head[1] in _MPEG_SECOND:
        return "audio/mpeg"
    return ""


def wav_seconds(head: bytes, *, size: int) -> float | None:
    """How long a WAV file of `size` bytes plays, by its head; None when that cannot be told."""
    try:
        with wave.open(io.BytesIO(head)) as file:
            rate, frame_bytes = int(file.getframerate()), int(file.getnchannels() * file.getsampwidth())
            declared = int(file.getnframes())
    except (wave.Error, EOFError, RuntimeError):
        return None
    if rate <= 0 or frame_bytes <= 0:
        return None
    # A file that was written as a stream declares a length that it does not have.
    return min(declared, size // frame_bytes) / rate
