"""The two tools of a live call, asked by a hundred calls at once."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bench.clinic import Clinic, working_day
from bench.figures import Figure, exactly, report
from bench.load import Outcome, send
from bench.stack import Stack


@dataclass(frozen=True)
class Pace:
    """How many calls ask, and how often each."""

    name: str
    connections: int
    each_s: float
    most: int


PACES = (
    Pace("one call", 1, 0.0, 60),
    Pace("100 calls, each every 5 s", 100, 5.0, 300),
    Pace("100 calls without a pause", 100, 0.0, 600),
)


def tools(stack: Stack, clinic: Clinic, *, quick: bool) -> Iterator[Figure]:
    """What the assistant waits for an answer, which the caller hears as silence."""
    starts = _half_hours()
    for name, count in (("checkAvailability", 600), ("bookClinicAppointment", 300)):
        for pace in PACES:
            asked = min(count, pace.most) // (4 if quick else 1)
            questions = [_question(clinic, name, starts) for _ in range(asked)]
            outcome = send(stack.web, questions, connections=pace.connections, each_s=pace.each_s)
            yield from _waits(name, pace, outcome)


def _question(clinic: Clinic, name: str, starts: Iterator[datetime]) -> bytes:
    if name == "checkAvailability":
        return clinic.tool(name, {"date": working_day(3).date().isoformat(), "service": "Botox"})
    start = next(starts)
    return clinic.tool(
        name, {"start": start.isoformat(), "service": "Consultation", "name": f"Patient {start:%d %H%M}"}
    )


def _half_hours() -> Iterator[datetime]:
    """Half hours from nine to five of the coming working days; those past the horizon are refused, which costs more."""
    ahead = 6
    while True:
        day = working_day(ahead)
        ahead = (day.date() - datetime.now().date()).days + 1  # noqa: DTZ005 - the clinic's local day
        yield from (day.replace(hour=9) + timedelta(minutes=30 * step) for step in range(16))


def _waits(tool: str, pace: Pace, outcome: Outcome) -> Iterator[Figure]:
    note = f"{outcome.per_second:.0f} a second"
    for share in (0.5, 0.95):
        yield report(f"{tool}, {pace.name}, p{share * 100:.0f}", outcome.percentile(share), "ms", note=note)
    failed = len(outcome.answers) - outcome.statuses.get(200, 0)
    if failed:
        yield exactly(f"{tool}, {pace.name}, not answered with 200", failed, 0)
