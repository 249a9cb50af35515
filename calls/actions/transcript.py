"""What was said in a call, as it is handed out."""

from dataclasses import dataclass
from datetime import datetime

from calls.actions.errors import NoTranscript
from calls.models import UNKNOWN_CALLER, Call, TranscriptLine
from orgs.models import Organization
from voxanne.ui.durations import say_duration, say_exactly
from voxanne.ui.templatetags.say import phone


@dataclass(frozen=True)
class SpokenLine:
    """One thing that was said. `offset_ms` counts from the start of the call; None when that is not known."""

    role: str
    name: str
    text: str
    offset_ms: int | None

    @property
    def clock(self) -> str:
        """The moment of the call as m:ss, or ""."""
        if self.offset_ms is None:
            return ""
        minutes, seconds = divmod(self.offset_ms // 1000, 60)
        return f"{minutes}:{seconds:02d}"


@dataclass(frozen=True)
class Transcript:
    """A call's words and what a reader has to know of the call."""

    title: str
    facts: list[tuple[str, str]]
    lines: list[SpokenLine]
    started_at: datetime | None


def read_transcript(*, org: Organization, call: Call) -> Transcript:
    """A finished call's transcript. One query.

    Raises:
        NoTranscript: nothing was said, or the call goes on.
    """
    rows = [] if call.is_live else list(TranscriptLine.objects.filter(call=call).order_by("-is_final", "ordinal"))
    if not rows:
        raise NoTranscript
    name = call.caller_name if call.caller_name != UNKNOWN_CALLER else ""
    spoken = [
        SpokenLine(
            role=row.role,
            name=(name or "Caller") if row.role == "caller" else "Receptionist",
            text=row.text,
            offset_ms=row.start_offset_ms,
        )
        for row in rows
        if row.is_final == rows[0].is_final
    ]
    who = name or phone(call.phone_number) or "a withheld number"
    preposition = "to" if call.call_type == "outbound" else "from"
    return Transcript(
        title=f"Call {preposition} {who}", facts=_facts(org, call), lines=spoken, started_at=call.started_at
    )


def _facts(org: Organization, call: Call) -> list[tuple[str, str]]:
    facts = [
        ("Clinic", org.name),
        ("Number", phone(call.phone_number)),
        ("Started", say_exactly(call.started_at, zone=org.zone) if call.started_at else ""),
        ("Duration", say_duration(call.duration_seconds) if call.duration_seconds else ""),
        ("Outcome", str(call.get_outcome_display()) if call.outcome else ""),
        ("Summary", call.outcome_summary),
    ]
    return [(name, value) for name, value in facts if value]
