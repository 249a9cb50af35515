"""The worker is killed again and again while reminders go out, and visits are cancelled meanwhile.

bin/test tests/reliability/test_reminder_crashes.py -s        shows the figures
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from django.db import connection

from contacts.tests.factories import make_contact
from orgs.actors import Actor
from orgs.models import Organization
from orgs.scope import org_scope, org_tx
from providers.testing import (  # noqa: F401 - fixtures
    SandboxProcess,
    provider_sandbox,
    running_sandbox,
    vapi_sandbox,
)
from scheduling.changing import cancel_appointment
from scheduling.models import Appointment, Reminder
from scheduling.reminders import sending
from scheduling.tests.factories import make_appointment
from telephony.messaging import delivering
from telephony.models import Message
from telephony.tests.texting import connect_twilio, texts_at_twilio
from voxanne.clock import now

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).resolve().parents[2]
KILLS = 20
VISITS = 80
SEED = 20_261_120
# Both sides of each step; the others die at any moment.
POINTS = [
    f"{point}:{hit}"
    for point in ("reminder.before_commit", "reminder.handed", "message.claimed", "message.posted")
    for hit in (1, 3)
]
DIED = 137


@dataclass
class Reminding:
    """A clinic whose reminders fall due, and whoever sends them."""

    org: Organization
    sandbox: SandboxProcess
    process: "subprocess.Popen[str]"
    chance: random.Random = field(default_factory=lambda: random.Random(SEED))
    numbers: dict[UUID, str] = field(default_factory=dict)
    cancelled: dict[UUID, bool] = field(default_factory=dict)
    codes: list[int] = field(default_factory=list)

    def plan(self) -> None:
        """Visits of tomorrow whose reminders fall due one after the other from now on."""
        moment = now()
        with org_scope(self.org), org_tx():
            for number in range(VISITS):
                due = moment + timedelta(milliseconds=40 * number)
                contact = make_contact(phone=f"+447700900{100 + number}")  # the simulator delivers to all of them
                start = due + timedelta(hours=24, minutes=number)
                visit = make_appointment(start, ends_at=start + timedelta(minutes=1), contact=contact)
                Reminder.objects.create(
                    appointment=visit, lead_minutes=1440, starts_at=start, due_at=due, wake_at=due, channel="sms"
                )
                self.numbers[visit.pk] = contact.phone

    def run_and_kill(self, point: str) -> None:
        """One worker: it dies at its failpoint, or is killed at any moment. A visit is cancelled meanwhile."""
        before, some = self.looked_at(), self.chance.randint(1, 4)
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{point}\n")
        self.process.stdin.flush()
        pid = int(self.process.stdout.readline())
        self.cancel_one()
        if point == "-":
            deadline = time.monotonic() + 5
            while self.looked_at() < before + some and time.monotonic() < deadline:
                time.sleep(0.01)
            time.sleep(self.chance.uniform(0, 0.05))
            os.kill(pid, signal.SIGKILL)
        self.codes.append(int(self.process.stdout.readline()))
        self.let_time_pass()

    def cancel_one(self) -> None:
        """Cancel a visit near the one that is at work; note whether its reminder had already begun to be sent."""
        near = [pk for pk in self.numbers if pk not in self.cancelled][max(self.looked_at() - 3, 0) :][:8]
        if not near:
            return
        visit_id = self.chance.choice(near)
        with org_scope(self.org), org_tx():
            cancel_appointment(org=self.org, appointment_id=visit_id, actor=Actor.system(self.org.pk))
            begun = Message.objects.filter(appointment_id=visit_id, attempt__gt=0).exists()
        self.cancelled[visit_id] = begun

    def looked_at(self) -> int:
        with org_scope(self.org), org_tx():
            return int(Reminder.objects.exclude(state="due").count())

    def let_time_pass(self) -> None:
        """A minute later, nobody being at work: leases have run out, and Twilio's list is believed."""
        for _ in range(3):  # in that minute Twilio has taken what was on its way when the worker died
            time.sleep(0.05)
            texts_at_twilio(self.sandbox)
        past = now() - timedelta(seconds=61)
        with org_scope(self.org), org_tx():
            unfinished = Message.objects.filter(status__in=("queued", "sending", "unknown"))
            unfinished.update(claimed_until=past, due_at=past)
            unfinished.exclude(attempted_at=None).update(attempted_at=past)
            Reminder.objects.filter(state="due", due_at__lte=now()).update(wake_at=past)

    def finish(self) -> None:
        """Sweeps, as often as it may take."""
        for _ in range(4):
            self.let_time_pass()
            for _, reminder_id in sending.claim_due():
                sending.hand_over(org=self.org, reminder_id=reminder_id)
            for _, message_id in delivering.claim_due():
                delivering.deliver(org=self.org, message_id=message_id)

    def rows(self, model: type) -> list:
        with org_scope(self.org), org_tx():
            return list(model.objects.all())


@pytest.fixture
def reminding(north: Organization, provider_sandbox: SandboxProcess, settings) -> Iterator[Reminding]:  # noqa: F811
    connect_twilio(north)
    address = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    environment = {
        **os.environ,
        "VOXANNE_PROCESS": "worker",
        "DATABASE_URL": address,
        "TWILIO_BASE_URL": settings.TWILIO_BASE_URL,
        "LOG_LEVEL": "ERROR",
    }
    with subprocess.Popen(
        [sys.executable, "-m", "tests.reliability.reminding"],
        cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        yield Reminding(north, provider_sandbox, process)
        process.kill()


def test_twenty_kills_send_each_reminder_once_and_none_for_a_cancelled_visit(reminding: Reminding):
    began = time.monotonic()
    reminding.plan()
    points = [*POINTS, *["-"] * (KILLS - len(POINTS))]
    reminding.chance.shuffle(points)
    for point in points:
        reminding.run_and_kill(point)
    under_fire = reminding.looked_at()
    wait_for_the_last(reminding)
    reminding.finish()

    texts = Counter(text["to"] for text in texts_at_twilio(reminding.sandbox))
    standing = {number for pk, number in reminding.numbers.items() if pk not in reminding.cancelled}
    stopped = {reminding.numbers[pk] for pk, begun in reminding.cancelled.items() if not begun}
    assert set(reminding.codes) <= {-signal.SIGKILL, DIED}
    assert len(reminding.codes) == KILLS
    assert {number: texts[number] for number in standing} == dict.fromkeys(standing, 1)
    assert {number: texts[number] for number in stopped} == dict.fromkeys(stopped, 0)
    assert max(texts.values()) == 1
    assert Counter(row.state for row in reminding.rows(Reminder) if row.state in {"due", "unknown"}) == {}
    print(  # noqa: T201
        f"\n{KILLS} kills ({reminding.codes.count(DIED)} at failpoints), {under_fire} of {VISITS} reminders "
        f"looked at under fire, {sum(texts.values())} texts, {len(stopped)} of {len(reminding.cancelled)} cancelled "
        f"visits stopped in time, no text twice: {time.monotonic() - began:.1f} s"
    )
    assert_messages_know_their_texts(reminding)


def wait_for_the_last(reminding: Reminding) -> None:
    """Until every reminder is due."""
    last: datetime = max(row.due_at for row in reminding.rows(Reminder))
    time.sleep(max((last - now()).total_seconds(), 0) + 0.05)


def assert_messages_know_their_texts(reminding: Reminding) -> None:
    """What we believe is what Twilio has."""
    texts = {text["id"] for text in texts_at_twilio(reminding.sandbox)}
    sent = {row.external_message_id for row in reminding.rows(Message) if row.status in {"sent", "delivered"}}
    assert sent == texts
    cancelled = [row for row in reminding.rows(Appointment) if row.status == "cancelled"]
    assert len(cancelled) == len(reminding.cancelled) > KILLS // 2
