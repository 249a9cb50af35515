"""Which bytes of a file a request wants (RFC 9110, section 14): one range at most."""

import re
from dataclasses import dataclass

_ONE_RANGE = re.compile(r"bytes=\s*(\d*)-(\d*)\s*")


class Unsatisfiable(Exception):
    """The range begins behind the end of the file: 416."""


@dataclass(frozen=True)
class Span:
    """From byte `start` up to but not including `stop`, of `size`."""

    start: int
    stop: int
    size: int

    @property
    def length(self) -> int:
        return self.stop - self.start

    @property
    def content_range(self) -> str:
        """As the header says it."""
        return f"bytes {self.start}-{self.stop - 1}/{self.size}"


def read_range(header: str, *, size: int) -> Span | None:
    """The part that a `Range` header asks for; None when the whole is to be sent.

    Several ranges at once, other units and what cannot be understood get the whole, as the standard allows.

    Raises:
        Unsatisfiable: there is no such part.
    """
    asked = _ONE_RANGE.fullmatch(header)
    if asked is None or asked.groups() == ("", ""):
        return None
    first, last = asked.groups()
    if not first:  # the last so many bytes
        if not int(last):
            raise Unsatisfiable
        return Span(max(0, size - int(last)), size, size)
    start, stop = int(first), min(int(last) + 1, size) if last else size
    if last and int(last) < start:
        return None
    if start >= size:
        raise Unsatisfiable
    return Span(start, stop, size)
