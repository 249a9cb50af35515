"""Every list, detail and chart of one clinic with 1,000 calls and of one with 100,000, a million calls in the table.

Server time from the request's arrival in Django to the finished answer, in this process as the web login: sessions,
permissions, row-level security and templates included, the socket and gunicorn not. The two clinics take turns.
Processor time is of this process and of its PostgreSQL backend: hardly changed by what else runs, so growth is told
by it.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from bench.clinic import Clinic
from bench.figures import Figure, median, report
from bench.large_clinic import LARGE, SMALL, LargeClinic, Size, fill_others, open_large_clinic
from bench.stack import Stack
from voxanne.embedded.ports import HOST

AIM_MS = 50.0
AIM_GROWTH = 2.0
WARM_UP = 3


@dataclass(frozen=True)
class Address:
    """What is asked for, by its name in the URL conf. `at` names a row; `query` may end in a cursor."""

    name: str
    route: str
    query: str = ""
    at: str = ""


_CALL_LISTS = (
    ("calls", ""),
    ("calls, a common name", "q=reyes"),
    ("calls, a rare name", "q=quillfeather"),
    ("calls, no such name", "q=nobody"),
    ("calls, a number", "q=0700000007"),
    ("calls, the end of a number", "q=0099999"),
    ("calls, booked", "outcome=booked"),
    ("calls, failed: none", "outcome=failed"),
    ("calls, outbound", "direction=outbound"),
    ("calls until a day long ago", "until={old}"),
    ("calls, negative", "sentiment=negative"),
    ("calls, with a recording", "recording=yes"),
    ("calls, dear ones", "min_value=500"),
    ("calls, two filters", "outcome=no_answer&sentiment=negative"),
    ("calls, longest", "sort=longest"),
    ("calls, most valuable", "sort=value"),
    ("calls, oldest", "sort=oldest"),
    ("calls, deep in", "cursor={middle}"),
)
_MESSAGE_LISTS = (
    ("messages", ""),
    ("messages, a common name", "q=reyes"),
    ("messages, a rare name", "q=quillfeather"),
    ("messages, no such name", "q=nobody"),
    ("messages, a number", "q=0700000007"),
    ("messages, failed", "status=failed"),
    ("messages, being checked: none", "status=unknown"),
    ("messages, emails", "channel=email"),
    ("messages, received", "direction=inbound"),
    ("messages, deep in", "cursor={middle}"),
)
_LEAD_LISTS = (
    ("leads", ""),
    ("leads, a common name", "q=reyes"),
    ("leads, a rare name", "q=quillfeather"),
    ("leads, no such name", "q=nobody"),
    ("leads, a number", "q=0700000007"),
    ("leads, newest", "sort=newest"),
    ("leads, last contact", "sort=contact"),
    ("leads, lost", "stage=lost"),
    ("leads, hot", "temperature=hot"),
)
_API = (
    ("API calls", "calls:api", ""),
    ("API calls, booked", "calls:api", "outcome=booked"),
    ("API calls, stats", "calls:api-stats", ""),
    ("API contacts", "contacts:api-contacts", ""),
    ("API contacts, a rare name", "contacts:api-contacts", "search=quillfeather"),
    ("API contacts, stats", "contacts:api-stats", ""),
    ("API services", "contacts:api-services", ""),
)


def addresses() -> list[Address]:
    """All that is measured."""
    shown = [(days, show) for days in (7, 30, 90) for show in ("bookings", "sentiment")]
    return [
        *(Address(f"overview, {show}, {days} days", "calls:overview", _overview(days, show)) for days, show in shown),
        *(Address(name, "calls:list", query) for name, query in _CALL_LISTS),
        Address("a call", "calls:detail", at="call"),
        *(Address(name, "telephony:messages", query) for name, query in _MESSAGE_LISTS),
        *(Address(name, "contacts:leads", query) for name, query in _LEAD_LISTS),
        Address("a lead", "contacts:lead", at="contact"),
        Address("services", "contacts:services"),
        Address("appointments", "scheduling:appointments"),
        *(Address(name, route, query) for name, route, query in _API),
        Address("API a call", "calls:api-one", at="call"),
        Address("API a contact", "contacts:api-contact", at="contact"),
    ]


def _overview(days: int, show: str) -> str:
    return f"days={days}&show={show}"


def pages(stack: Stack, clinic: Clinic, *, quick: bool) -> Iterator[Figure]:
    """Median and growth of each address, and whether both clinics' pages ask as often."""
    large = Size(calls=10_000, contacts=5_000, messages=10_000) if quick else LARGE
    fill_others(stack, clinics=2 if quick else 9, calls=large.calls)
    visitors = [Visitor(open_large_clinic(stack, size)) for size in (SMALL, large)]
    yield report("calls, contacts, messages of the large clinic", large.calls, f"/ {large.contacts} / {large.messages}")
    for address in addresses():
        yield _figure(address, visitors, rounds=5 if quick else 15)


@dataclass(frozen=True)
class Visit:
    """What one answer took: milliseconds by the clock, milliseconds of processor time, queries."""

    clock_ms: float
    used_ms: float
    queries: int


class Visitor:
    """Somebody signed in to one of the clinics, whose finished days are kept as the worker keeps them."""

    def __init__(self, clinic: LargeClinic) -> None:
        from django.test import Client

        from calls.keeping_days import keep_days
        from orgs.models import Organization, User
        from orgs.scope import org_scope, org_tx

        with org_scope(clinic.org_id):
            with org_tx():
                self._org = Organization.objects.get(pk=clinic.org_id)
            keep_days(org=self._org)
        self._clinic = clinic
        self._client = Client(HTTP_HOST=HOST)
        self._client.force_login(User.objects.get(pk=clinic.owner_id))

    def visit(self, address: Address) -> Visit:
        """Ask once.

        Raises:
            RuntimeError: the page was not answered with 200.
        """
        from django.db import connection

        queries = Count()
        path = self._path(address)
        with connection.execute_wrapper(queries):
            started, used = time.perf_counter(), _processor_ms()
            answer = self._client.get(path, secure=True)
            taken, spent = (time.perf_counter() - started) * 1000, _processor_ms() - used
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answered {answer.status_code}")
        return Visit(taken, spent, queries.count)

    def _path(self, address: Address) -> str:
        from django.urls import reverse

        rows = {"call": self._clinic.call, "contact": self._clinic.contact}
        at = [rows[address.at](self._clinic.middle)] if address.at else []
        query = address.query.replace("{middle}", self._cursor() if "{middle}" in address.query else "")
        query = query.replace("{old}", (self._today() - timedelta(days=100)).isoformat())
        return reverse(address.route, args=at) + (f"?{query}" if query else "")

    def _cursor(self) -> str:
        """Where the middle of a list is."""
        from uuid import UUID

        from voxanne.clock import now
        from voxanne.cursors import Cursor

        return Cursor(moment=now() - timedelta(days=90), id=UUID(int=0)).encode()

    def _today(self) -> Any:
        from voxanne.clock import now

        return now().astimezone(self._org.zone).date()


class Count:
    """How many statements were sent."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, execute: Any, *arguments: Any) -> Any:
        self.count += 1
        return execute(*arguments)


def _figure(address: Address, visitors: list[Visitor], *, rounds: int) -> Figure:
    from django.urls import NoReverseMatch

    small, large = visitors
    try:
        for visitor in visitors * WARM_UP:
            visitor.visit(address)
    except NoReverseMatch:
        return Figure(address.name, "no such page", note=address.route)
    turns = [(small.visit(address), large.visit(address)) for _ in range(rounds)]
    few, many = ([turn[at] for turn in turns] for at in (0, 1))
    used, used_more = (median([visit.used_ms for visit in visits]) for visits in (few, many))
    clock, growth = median([visit.clock_ms for visit in many]), used_more / used
    # Once a minute a visit also notes when the session was last used.
    asked, asked_more = (min(visit.queries for visit in visits) for visits in (few, many))
    return Figure(
        address.name,
        f"{clock:.1f} ms, × {growth:.2f}",
        f"≤ {AIM_MS:.0f} ms, × {AIM_GROWTH:.0f}",
        met=clock <= AIM_MS and growth <= AIM_GROWTH and asked == asked_more,
        note=f"processor {used_more:.1f} ms, {asked_more} queries"
        + ("" if asked == asked_more else f", {asked} of the small clinic"),
    )


def _processor_ms() -> float:
    """What this process and its database connection have used so far."""
    from django.db import connection

    connection.ensure_connection()
    backend = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    return time.process_time() * 1000 + int(backend.read_text().split()[0]) / 1e6
