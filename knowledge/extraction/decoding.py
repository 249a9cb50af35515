"""Bytes made into text, whatever they were written with."""

import codecs
import re
from contextlib import suppress

from charset_normalizer import from_bytes

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_SAMPLE = 64 * 1024
# How a page names its own encoding.
_DECLARED = re.compile(rb"<meta[^>]*charset\s*=\s*[\"']?([A-Za-z0-9_-]+)", re.IGNORECASE)
# Looked up now: the process that reads documents cannot load them later.
_ENCODINGS = [codecs.lookup(name).name.replace("-", "_") for name in ("cp1252", "mac_roman", "cp850", "iso8859_15")]


def as_utf8(content: bytes, charset: str) -> bytes:
    """A page's bytes in UTF-8, where its header names an encoding that Python knows; else unchanged."""
    if not charset:
        return content
    try:
        return content.decode(charset, "replace").encode()
    except (LookupError, ValueError):
        return content


def decode(content: bytes) -> str:
    """The text; what cannot be decoded becomes �. Line ends become one kind, NULs vanish."""
    text = _decode(content)
    return text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")


def _decode(content: bytes) -> str:
    for mark, name in _MARKS:
        if content.startswith(mark):
            return content.decode(name, "replace")
    try:
        return content.decode()
    except UnicodeDecodeError:
        declared = _DECLARED.search(content[:2048])
        if declared:
            with suppress(LookupError, OSError):  # one that is not loaded cannot be any more
                return content.decode(declared[1].decode("ascii"), "replace")
        best = from_bytes(content[:_SAMPLE], cp_isolation=_ENCODINGS).best()
        return content.decode(best.encoding if best else "cp1252", "replace")
