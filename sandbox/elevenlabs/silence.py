"""Silence in the formats that speech comes in."""

FORMATS = {"mp3": "audio/mpeg", "pcm": "audio/pcm", "ulaw": "audio/basic"}
FRAME_HEADER = bytes((0xFF, 0xFB, 0x90, 0xC4))
"""An MPEG-1 layer III frame: 128 kbit/s, 44.1 kHz, one channel."""
FRAME_BYTES, FRAMES_A_SECOND = 417, 38


def silence(output_format: str, *, seconds: float) -> bytes:
    """Return audio in which nothing is heard, e.g. for `mp3_44100_128`, `pcm_16000` or `ulaw_8000`."""
    kind, _, rest = output_format.partition("_")
    if kind == "mp3":
        frame = FRAME_HEADER.ljust(FRAME_BYTES, b"\0")
        return frame * max(1, round(seconds * FRAMES_A_SECOND))
    rate = int(rest.split("_")[0]) if rest.split("_")[0].isdecimal() else 16_000
    return b"\xff" * round(rate * seconds) if kind == "ulaw" else b"\0\0" * round(rate * seconds)
