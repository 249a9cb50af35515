"""A call as a story: what happened in one sentence, then words and deeds in the order in which they happened."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from calls.deeds import name_deed
from calls.ended_reasons import describe
from calls.models import UNKNOWN_CALLER, Call, Outcome, ToolInvocation, TranscriptLine
from calls.outbound.records import NEVER_BEGAN
from orgs.models import Organization
from scheduling.models import Appointment, AppointmentStatus
from scheduling.selectors import appointments_of_call
from voxanne.clock import now
from voxanne.ui.durations import say_duration, say_moment

NOBODY_ANSWERED = "Nobody took the call that was put through"
_ARGUMENT_WORDS = {"startDate": "from", "endDate": "to", "timePreference": "time of day"}


@dataclass(frozen=True)
class Entry:
    """One thing in a call's timeline, ready for `calls/_entry.html`."""

    kind: Literal["said", "deed", "moment"]
    at: str
    start: str = ""  # the second of the recording, where it is known
    text: str = ""
    who: str = ""
    name: str = ""
    same: bool = False
    title: str = ""
    detail: str = ""
    state: str = "done"
    icon: str = ""
    took: str = ""
    asked: str = ""
    answered: str = ""


@dataclass(frozen=True)
class ShownAppointment:
    """The appointment that a call made."""

    starts_at: datetime
    service_name: str
    practitioner_name: str
    reference: str
    status: str


@dataclass(frozen=True)
class Story:
    """Everything that the call's page shows."""

    call: Call
    headline: str
    entries: list[Entry] = field(default_factory=list)
    appointment: ShownAppointment | None = None


def tell(*, org: Organization, call: Call) -> Story:
    """The story of one call. Three queries, whatever its length."""
    lines = list(TranscriptLine.objects.filter(call=call).order_by("-is_final", "ordinal"))
    if lines and lines[0].is_final:
        lines = [line for line in lines if line.is_final]
    deeds = list(ToolInvocation.objects.filter(call=call).order_by("created_at"))
    made = _made_in(call)
    return Story(
        call=call,
        headline=_headline(org=org, call=call, appointment=made),
        entries=_entries(call, lines, deeds),
        appointment=made,
    )


def _made_in(call: Call) -> ShownAppointment | None:
    row: Appointment | None = appointments_of_call(call.pk).select_related("service", "practitioner").first()
    if row is None:
        return None
    return ShownAppointment(
        starts_at=row.starts_at,
        service_name=row.service.name if row.service else "Appointment",
        practitioner_name=row.practitioner.name,
        reference=row.reference,
        status=row.status,
    )


def _headline(*, org: Organization, call: Call, appointment: ShownAppointment | None) -> str:
    name = call.caller_name if call.caller_name != UNKNOWN_CALLER else "A caller"
    if call.is_live:
        if call.status == "in-progress":
            return f"{name} is on the phone now"
        return f"Calling {_called(name)}" if call.call_type == "outbound" else f"{name} is calling"
    if call.ended_reason == NEVER_BEGAN:
        return f"{name} was not called" if name != "A caller" else "Nobody was called"
    length = f" for {say_duration(call.duration_seconds)}" if call.duration_seconds else ""
    if call.call_type == "outbound":
        start = f"Your receptionist called {_called(name)}{length}"
    else:
        start = f"{name} called{length}"
    if appointment is not None:
        when = say_moment(appointment.starts_at, now=now(), zone=org.zone, inside=True)
        did = "asked for" if appointment.status == AppointmentStatus.PENDING else "booked"
        return f"{start} and {did} {appointment.service_name} for {when}"
    endings = {
        Outcome.BOOKED: "and booked an appointment",
        Outcome.TRANSFERRED: "and was put through",
        Outcome.NOT_REACHED: "and was to be put through, but nobody answered",
        Outcome.VOICEMAIL: "and reached voicemail",
        Outcome.NO_ANSWER: "and nobody answered",
        Outcome.HUNG_UP: "and hung up",
        Outcome.FAILED: "and the call failed",
    }
    return " ".join(filter(None, (start, endings.get(Outcome(call.outcome), "") if call.outcome else "")))


def _called(name: str) -> str:
    return name if name != "A caller" else "somebody"


def _entries(call: Call, lines: list[TranscriptLine], deeds: list[ToolInvocation]) -> list[Entry]:
    timed: list[tuple[float, int, TranscriptLine | ToolInvocation]] = [
        *((_line_offset(call, line), 0, line) for line in lines),
        *((_deed_offset(call, deed), 1, deed) for deed in deeds),
    ]
    timed.sort(key=lambda item: item[:2])
    entries: list[Entry] = []
    speaker = ""
    for offset_ms, _, thing in timed:
        if isinstance(thing, TranscriptLine):
            entries.append(_said(call, thing, _clock(offset_ms), same=thing.role == speaker))
            speaker = thing.role
        else:
            entries.append(_deed(thing, _clock(offset_ms)))
            speaker = ""
    if entries and not call.is_live and call.ended_reason:
        ended_at = _clock(call.duration_seconds * 1000) if call.duration_seconds else ""
        words = NOBODY_ANSWERED if call.outcome == Outcome.NOT_REACHED else describe(call.ended_reason)
        entries.append(Entry(kind="moment", at=ended_at, text=words))
    return entries


def _line_offset(call: Call, line: TranscriptLine) -> float:
    if line.start_offset_ms is not None:
        return line.start_offset_ms
    return _since_start(call, line.spoken_at)


def _deed_offset(call: Call, deed: ToolInvocation) -> float:
    return deed.start_offset_ms if deed.start_offset_ms is not None else _since_start(call, deed.created_at)


def _since_start(call: Call, moment: datetime | None) -> float:
    start = call.started_at or call.created_at
    return max(0.0, (moment - start).total_seconds() * 1000) if moment else 0.0


def _clock(offset_ms: float) -> str:
    minutes, seconds = divmod(int(offset_ms // 1000), 60)
    return f"{minutes}:{seconds:02d}"


def _said(call: Call, line: TranscriptLine, at: str, *, same: bool) -> Entry:
    is_caller = line.role == "caller"
    name = (call.caller_name if call.caller_name != UNKNOWN_CALLER else "Caller") if is_caller else "Receptionist"
    start = "" if line.start_offset_ms is None else f"{line.start_offset_ms / 1000:.2f}"
    who = "caller" if is_caller else "agent"
    return Entry(kind="said", who=who, name=name, text=line.text, at=at, start=start, same=same)


def _deed(invocation: ToolInvocation, at: str) -> Entry:
    deed = name_deed(invocation)
    answer: dict[str, Any] = invocation.answer or {}
    return Entry(
        kind="deed",
        at=at,
        title=deed.title,
        icon=deed.icon,
        detail=answer.get("speech", ""),
        state=deed.state,
        took=f"{invocation.duration_ms:.0f} ms" if invocation.duration_ms is not None else "",
        asked=_in_words(invocation.arguments),
    )


def _in_words(arguments: dict[str, Any]) -> str:
    """What was asked, readable: "date 2026-11-24, service Botox"."""
    return ", ".join(
        f"{_ARGUMENT_WORDS.get(key, key)} {value}" for key, value in arguments.items() if value not in ("", None)
    )
