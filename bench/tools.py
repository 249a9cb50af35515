"""The two tools of a live call, asked by a hundred calls at once."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice

from bench.clinic import Clinic, working_day
from bench.figures import Figure, exactly, report
from bench.load import Outcome, send
from bench.stack import Stack

CONNECTIONS = 100


def tools(stack: Stack, clinic: Clinic, *, quick: bool) -> Iterator[Figure]:
    """What the assistant waits for an answer, which the caller hears as silence."""
    count = 200 if quick else 600
    day = working_day(3).date().isoformat()
    questions = [clinic.tool("checkAvailability", {"date": day, "service": "Botox"}) for _ in range(count)]
    for connections in (1, CONNECTIONS):
        asked = questions if connections > 1 else questions[:50]
        yield from _waits("checkAvailability", connections, send(stack.web, asked, connections=connections))
    wishes = [
        clinic.tool(
            "bookClinicAppointment",
            {"start": start.isoformat(), "service": "Consultation", "name": f"Patient {number}"},
        )
        for number, start in enumerate(islice(_half_hours(), 50 + count))
    ]
    yield from _waits("bookClinicAppointment", 1, send(stack.web, wishes[:50], connections=1))
    yield from _waits(
        "bookClinicAppointment", CONNECTIONS, send(stack.web, wishes[50:], connections=CONNECTIONS), note="other slots"
    )


def _half_hours() -> Iterator[datetime]:
    """Half hours from nine to five of the coming working days; those past the horizon are refused, which costs more."""
    ahead = 6
    while True:
        day = working_day(ahead)
        ahead = (day.date() - datetime.now().date()).days + 1  # noqa: DTZ005 - the clinic's local day
        yield from (day.replace(hour=9) + timedelta(minutes=30 * step) for step in range(16))


def _waits(tool: str, connections: int, outcome: Outcome, *, note: str = "") -> Iterator[Figure]:
    who = "one call" if connections == 1 else f"{connections} calls at once"
    for share in (0.5, 0.95):
        yield report(f"{tool}, {who}, p{share * 100:.0f}", outcome.percentile(share), "ms", note=note)
    failed = len(outcome.answers) - outcome.statuses.get(200, 0)
    if failed:
        yield exactly(f"{tool}, {who}, not answered with 200", failed, 0)
