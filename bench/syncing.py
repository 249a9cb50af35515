"""From a published change to an assistant that has it, at a Vapi that fails one time in twenty; and 53 clinics at once.

The simulated Vapi runs beside the stack. A change is made as publishing makes it (`agents.services.mark_and_wake`); the
worker hears of it through Redis and talks to Vapi with the delays that the specification names (2, 4, 8 s).
"""

import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.request import Request, urlopen
from uuid import UUID, uuid4

from bench.clinic import Clinic
from bench.figures import Figure, at_most, exactly, report
from bench.stack import ROOT, Stack

CLINICS = 53
EDITED_CLINICS = 24
# One save in two hundred has a request struck twice running (6 s): of so few as 240 the slowest hundredth would be
# chance.
SAVES = 1200
PAUSE_S = 0.35
ERROR_RATE = 0.05
STATUSES = (429, 500)
# Whatever is not in step by then did not make it.
PATIENCE_S = 90.0


@dataclass(frozen=True)
class Save:
    """One change of one agent: which, and when it was committed."""

    org_id: UUID
    agent_id: UUID
    marker: str
    at: float
    seconds: float


class Vapi:
    """The simulated Vapi's control side."""

    def __init__(self, port: int) -> None:
        self._base = f"http://127.0.0.1:{port}"

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """One request; the decoded answer."""
        data = json.dumps(body).encode() if body is not None else None
        request = Request(f"{self._base}{path}", data=data, method=method)  # noqa: S310 - our own sandbox
        request.add_header("Content-Type", "application/json")
        with urlopen(request, timeout=30) as response:  # noqa: S310
            text = response.read()
        return json.loads(text) if text else None

    def fail(self, status: int) -> None:
        """Answer one request in twenty with this status."""
        self.ask("PUT", "/sandbox/faults/vapi", {"error_rate": ERROR_RATE, "status": status})

    def heal(self) -> None:
        """Answer everything."""
        self.ask("DELETE", "/sandbox/faults/vapi")

    def counts(self) -> Counter[tuple[str, bool]]:
        """How often each operation was asked for, such as `GET /assistant/{id}`, and whether a fault struck it."""
        counted: Counter[tuple[str, bool]] = Counter()
        for row in self.ask("GET", "/sandbox/ledger/counts?provider=vapi"):
            counted[row["operation"], bool(row["fault"])] += row["count"]
        return counted


def syncing(stack: Stack, clinic: Clinic, *, quick: bool) -> Iterator[Figure]:
    """The migration of many clinics, then changes under faults."""
    clinics, edited, saves = (6, 3, 30) if quick else (CLINICS, EDITED_CLINICS, SAVES)
    with stack.sandbox():
        vapi = Vapi(stack.ports.sandbox)
        orgs = _make_clinics(clinics - 1)
        yield from _migrate(stack, vapi)
        yield from _edit(stack, vapi, orgs[:edited], saves)


def _make_clinics(count: int) -> list[Any]:
    """So many besides the one that there is."""
    from orgs.models import User
    from orgs.services import NewOrganization, create_organization

    owner = User.objects.create_user(email="many@bench.example", password=uuid4().hex, full_name="Mani Many")
    return [create_organization(new=NewOrganization(name=f"Clinic {number}"), owner=owner) for number in range(count)]


def _migrate(stack: Stack, vapi: Vapi) -> Iterator[Figure]:
    """`sync_tools --all` twice: everything once, then nothing."""
    first = _sync_tools(stack)
    asked = vapi.counts()
    tools, clinics = len(_tools()), first["organisations"]
    yield report(f"sync_tools --all, {clinics} clinics, first run", first["seconds"], "s", note=_said(first))
    yield exactly(f"… POST /tool for {tools} tools", _total(asked, "POST /tool"), tools)
    yield exactly("… agents left to do", first["left"], 0)
    yield exactly("… assistants with every tool", _linked(), 2 * clinics)
    before = vapi.counts()
    second = _sync_tools(stack)
    later = vapi.counts() - before
    yield report("… second run", second["seconds"], "s", note=f"{_said(second)}; {later.total()} reads")
    yield exactly(
        "… second run, write calls", sum(n for (what, _), n in later.items() if not what.startswith("GET")), 0
    )


def _edit(stack: Stack, vapi: Vapi, orgs: list[Any], count: int) -> Iterator[Figure]:
    """Changes of many agents, one after the other, while Vapi fails."""
    stack.forget_backlog()
    before = vapi.counts()
    unsynced = [_save(orgs, number) for number in range(4)]
    time.sleep(0.5)
    yield exactly("a save, requests to Vapi meanwhile (no worker runs)", (vapi.counts() - before).total(), 0)
    saved: list[Save] = []
    synced: dict[str, float] = {}
    with stack.worker(), stack.beat():
        _await(unsynced, {}, seconds=PATIENCE_S)
        before = vapi.counts()
        for number in range(count):
            if number % (count // 2) == 0:
                vapi.fail(STATUSES[number // (count // 2) % 2])
            saved.append(_save(orgs, number))
            _look(saved, synced)
            time.sleep(PAUSE_S)
        _await(saved, synced, seconds=PATIENCE_S)
    asked = vapi.counts() - before
    vapi.heal()
    struck = sum(n for (_, is_struck), n in asked.items() if is_struck)
    yield from _figures(saved, synced, f"{struck} of {asked.total()} requests answered with 429 or 500")


def _figures(saved: list[Save], synced: dict[str, float], struck: str) -> Iterator[Figure]:
    waits = sorted(synced[save.marker] - save.at for save in saved if save.marker in synced)
    note = f"{len(saved)} saves, {struck}"
    rate = 100 * len(waits) / len(saved)
    yield Figure("saves that reached Vapi", f"{rate:.1f} %", "> 99 %", met=rate > 99, note=note)
    yield at_most("from save to synced, p50", _percentile(waits, 0.5), 2, "s")
    yield at_most("from save to synced, p99", _percentile(waits, 0.99), 5, "s")
    yield report("from save to synced, longest", max(waits, default=0.0), "s")
    yield report("a save itself, p50", 1000 * _percentile(sorted(save.seconds for save in saved), 0.5), "ms")


def _save(orgs: list[Any], number: int) -> Save:
    """Change the greeting of one agent, in turn, as publishing does."""
    from agents.models import Agent
    from agents.services import mark_and_wake
    from orgs.scope import org_scope, org_tx

    org = orgs[number % len(orgs)]
    direction = ("inbound", "outbound")[number // len(orgs) % 2]
    marker = f"{number}-{random.getrandbits(40):x}"
    started = time.perf_counter()
    with org_scope(org):
        with org_tx():
            agent = Agent.objects.select_for_update().get(call_direction=direction, is_default=True)
            agent.first_message = f"Thank you for calling {org.name}, {marker}. How can I help you today?"
            agent.save(update_fields=["first_message", "updated_at"])
            mark_and_wake(org, agent)
        at = time.time()
    return Save(org.pk, agent.pk, marker, at, time.perf_counter() - started)


def _await(saved: list[Save], synced: dict[str, float], *, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while len(synced) < len(saved) and time.monotonic() < deadline:
        _look(saved, synced)
        time.sleep(0.1)


def _look(saved: list[Save], synced: dict[str, float]) -> None:
    """Note which saves Vapi has by now. A later save of the same agent carries an earlier one with it."""
    from agents.models import Agent
    from orgs.scope import org_scope, org_tx

    open_saves = [save for save in saved if save.marker not in synced]
    for org_id in {save.org_id for save in open_saves}:
        with org_scope(org_id), org_tx():
            rows = {row.pk: row for row in Agent.objects.all()}
        for save in open_saves:
            row = rows.get(save.agent_id)
            if row and row.is_in_step and row.synced_at and row.synced_at.timestamp() > save.at:
                synced[save.marker] = row.synced_at.timestamp()


def _sync_tools(stack: Stack) -> dict[str, Any]:
    """As a person runs it; what it says of itself."""
    done = subprocess.run(
        [sys.executable, "manage.py", "sync_tools", "--all", "--json"],
        cwd=ROOT,
        env={**stack.environment, "VOXANNE_PROCESS": "worker", "LOG_LEVEL": "ERROR"},
        capture_output=True,
        text=True,
        check=False,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _tools() -> list[str]:
    from agents.tool_registry import all_tools

    return [spec.name for spec in all_tools()]


def _linked() -> int:
    """How many assistants have all tools, as Vapi tells it."""
    from providers.vapi.client import platform_client

    client = platform_client()
    ids = {tool["id"] for tool in client.iter_tools()}
    return sum(set(item["model"]["toolIds"]) == ids for item in client.iter_assistants())


def _total(asked: Counter[tuple[str, bool]], operation: str) -> int:
    return sum(count for (name, _), count in asked.items() if name == operation)


def _said(result: dict[str, Any]) -> str:
    return ", ".join(f"{count} {name}" for name, count in result["outcomes"].items())


def _percentile(values: list[float], share: float) -> float:
    return values[min(int(len(values) * share), len(values) - 1)] if values else float("inf")
