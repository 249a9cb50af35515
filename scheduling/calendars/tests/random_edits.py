"""Two sides that people edit at random, with workers that die and providers that fail in between."""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import requests

from credentials.tests.calendar_clinic import EMAIL
from orgs.scope import org_scope
from scheduling.calendars.health import count_drift
from scheduling.calendars.outgoing import write_due
from scheduling.calendars.reading import read_calendar
from scheduling.calendars.tests.deaths import die_at
from scheduling.calendars.tests.two_sides import Held, TwoSides
from scheduling.calendars.wanting import put_back
from scheduling.errors import NotStanding, SlotRefused
from scheduling.models import (
    Appointment,
    AppointmentStatus,
    CalendarBusyBlock,
    CalendarConnection,
    CalendarEvent,
    EventState,
)
from voxanne.clock import now

DAYS, STEP = 12, timedelta(minutes=30)
POINTS = ("calendar.claimed", "calendar.decided", "calendar.written")
FAULTS: tuple[dict[str, Any], ...] = (
    {"drop_rate": 1, "after_work": True},
    {"drop_rate": 1},
    {"timeout_rate": 1, "after_work": True},
    {"status": 503, "after_work": True},
    {"status": 500},
    {"status": 429},
    {"status": 401},
)
OURS, THEIRS = ("book", "book", "move", "move", "cancel"), ("drag", "drag", "drag", "delete", "add", "drag_foreign")
QUIET_AFTER = 12


@dataclass
class Editors:
    """Everybody who edits. What they did is counted in `done`."""

    sides: TwoSides
    rng: random.Random
    rounds: int = 0
    done: Counter[str] = field(default_factory=Counter)
    rows: list[Appointment] = field(default_factory=list)
    shown: list[Held] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    def edit(self) -> None:
        """One edit on one side. What is refused, since the other side was faster, is an edit too."""
        what = self.rng.choice(self.rng.choice((OURS, THEIRS)))
        try:
            getattr(self, f"_{what}")()
            self.done[what] += 1
        except (SlotRefused, NotStanding, requests.HTTPError):
            self.done["refused"] += 1

    def sync(self) -> None:
        """A round of syncing in which something goes wrong."""
        self.rounds += 1
        steps = [self._read, self._write, *self.rng.sample([self._read, self._write], 1)]
        wrong = self.rng.choice((self._die, self._fail, self._fail, None))
        if wrong is not None:
            steps.insert(self.rng.randrange(2), wrong)
        if self.rounds % 5 == 0:
            steps.insert(0, self._expire)
        for step in steps:
            step()
        self.sides.sandbox.heal(provider=self.sides.path)
        self.look_around()

    def come_to_rest(self) -> None:
        """Sync without trouble until nothing is left to do."""
        self.sides.sandbox.heal(provider=self.sides.path)
        for _ in range(QUIET_AFTER):
            self._read()
            self._compare()
            self._write()
            with self.sides.ours():
                for row in CalendarEvent.objects.filter(state=EventState.DIFFERS).select_related("appointment"):
                    put_back(self.sides.org, row.appointment)
                left = CalendarEvent.objects.filter(due_at__isnull=False).count()
            if not left:
                return
        raise AssertionError(f"{left} rows are never settled")

    def look_around(self) -> None:
        """What people see in the calendar now."""
        self.shown = self.sides.calendar()

    def _fail(self) -> None:
        fault = self.rng.choice(FAULTS)
        self.sides.sandbox.spoil(provider=self.sides.path, times=self.rng.randint(1, 2), **fault)
        self.done["faults"] += 1

    def _die(self) -> None:
        self.done["deaths"] += die_at(self.rng.choice(POINTS), self._write, passage=self.rng.randint(1, 3))

    def _expire(self) -> None:
        """Tokens of access, and where the list of changes goes on, are worth nothing any more."""
        self.sides.sandbox.control("POST", f"/{self.sides.path}/expire", {"email": EMAIL, "sync": True})
        self.done["expired"] += 1

    def _read(self) -> None:
        with self.sides.ours():
            CalendarConnection.objects.update(due_at=now(), claim=None, claimed_until=None)
        with org_scope(self.sides.org):
            read_calendar(org=self.sides.org, connection_id=self.sides.connection.pk)

    def _compare(self) -> None:
        with org_scope(self.sides.org):
            count_drift(self.sides.org, self.sides.connection)

    def _write(self) -> None:
        with self.sides.ours():
            due = CalendarEvent.objects.filter(due_at__isnull=False)
            due.update(due_at=now(), claim=None, claimed_until=None)
        with org_scope(self.sides.org):
            write_due(org=self.sides.org, connection_id=self.sides.connection.pk)

    def _somewhen(self) -> Any:
        return self.sides.at(0, days=2) + self.rng.randrange(DAYS * 48) * STEP

    def _book(self) -> None:
        self.rows.append(self.sides.book(self._somewhen(), f"Patient {len(self.rows)}"))

    def _move(self) -> None:
        if self.rows:
            self.sides.move(self.rng.choice(self.rows), self._somewhen())

    def _cancel(self) -> None:
        if self.rows:
            self.sides.cancel(self.rng.choice(self.rows))

    def _drag(self) -> None:
        if ours := [event for event in self.shown if event.appointment_id]:
            length = self.rng.choice((None, None, timedelta(minutes=45)))
            self.sides.drag(self.rng.choice(ours), self._somewhen(), length=length)

    def _delete(self) -> None:
        if self.shown:
            self.sides.delete(self.rng.choice(self.shown))

    def _add(self) -> None:
        self.foreign.append(self.sides.add_foreign(self._somewhen()))

    def _drag_foreign(self) -> None:
        if theirs := [event for event in self.shown if not event.appointment_id]:
            self.sides.drag(self.rng.choice(theirs), self._somewhen())


def disagreements(sides: TwoSides) -> list[str]:
    """Where the two sides differ: every standing appointment has one event at its time, and there is no other."""
    shown = [event for event in sides.calendar() if event.appointment_id]
    times = {(event.appointment_id, event.starts_at, event.ends_at) for event in shown}
    with sides.ours():
        standing = Appointment.objects.filter(status__in=[AppointmentStatus.PENDING, AppointmentStatus.CONFIRMED])
        wanted = {(str(row.pk), row.starts_at, row.ends_at) for row in standing}
    twice = [one for one, number in Counter(event.appointment_id for event in shown).items() if number > 1]
    found = [f"only here: {one}" for one in wanted - times] + [f"only there: {one}" for one in times - wanted]
    return found + [f"twice: {one}" for one in twice] + _wrong_blocks(sides)


def _wrong_blocks(sides: TwoSides) -> list[str]:
    """What the clinic has besides blocks its slots, at its time, and nothing else does."""
    there = {(event.event_id, event.starts_at, event.ends_at) for event in sides.calendar() if not event.appointment_id}
    with sides.ours():
        blocks = set(CalendarBusyBlock.objects.values_list("event_id", "starts_at", "ends_at"))
    return [f"blocks wrongly: {one}" for one in blocks - there] + [f"does not block: {one}" for one in there - blocks]
