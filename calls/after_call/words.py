"""What was said in a call, for the steps that read it."""

from collections.abc import Sequence

from calls.models import Call, TranscriptLine
from contacts.spoken_wishes import Spoken


def said_by(lines: Sequence[TranscriptLine]) -> list[Spoken]:
    """These lines, in their order."""
    return [Spoken(line.role == "caller", line.text) for line in lines]


def said_in(call: Call) -> list[Spoken]:
    """The report's lines in their order; the live ones while there are no others. One query."""
    lines = list(
        TranscriptLine.objects.filter(call=call)
        .order_by("-is_final", "ordinal")
        .values_list("is_final", "role", "text")
    )
    has_final = bool(lines) and lines[0][0]
    return [Spoken(role == "caller", text) for is_final, role, text in lines if is_final or not has_final]
