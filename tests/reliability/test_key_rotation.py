"""The master key is changed under ten thousand clinics, by a process that is killed again and again.

bin/test tests/reliability/test_key_rotation.py -s        shows the figures
"""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from uuid import UUID

from django.db import connection, connections
from django.db.models import Count

from calls.ingress.inbox import UNRESOLVED_PURPOSE
from calls.models import UnresolvedWebhook
from credentials import org_keys
from credentials.encryption import SealingKey
from credentials.models import OrgKey
from credentials.org_keys import get_data_key, open_wrapped
from orgs.models import Organization
from orgs.scope import org_scope, org_tx, service_tx
from tests.reliability.plant import ROOT, START_WAIT_S
from voxanne import sealed_text
from voxanne.ids import uuid7
from voxanne.master_key import master_key_id

NEW = "5d1f0a9c3b7e28461c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f708192a3b4c5d6e7"
CLINICS = 10_000
MESSAGES = 200
KILLS = 20
BATCH = 20
# Rows that a process may be ahead of the test that is about to kill it.
LEEWAY = 100
READERS = 2
SEED = 20_261_120


def make_clinics() -> dict[UUID, str]:
    """Organisations with a data key each, and the id of that key, which only the right key can have."""
    ids = [uuid7() for _ in range(CLINICS)]
    keys = [OrgKey(org_id=org_id, **org_keys._new_row(org_id)) for org_id in ids]
    with service_tx("test"):
        Organization.objects.bulk_create(
            [Organization(id=org_id, name=f"Clinic {number}", slug=f"c{number}") for number, org_id in enumerate(ids)],
            batch_size=2000,
        )
        OrgKey.across_orgs.bulk_create(keys, batch_size=2000)
    return {key.org_id: data_key_id(key) for key in keys}


def make_messages() -> None:
    payload = json.dumps({"message": {"type": "end-of-call-report"}})
    rows = [UnresolvedWebhook(dedupe_key=str(number)) for number in range(MESSAGES)]
    for row in rows:
        row.payload = sealed_text.seal(payload, purpose=UNRESOLVED_PURPOSE, row=str(row.pk))
    UnresolvedWebhook.objects.bulk_create(rows)


def data_key_id(row: OrgKey) -> str:
    return SealingKey(open_wrapped(row), purpose=org_keys.PURPOSE).id


@dataclass
class Readers:
    """Somebody is always reading some clinic's key, as a web process with both master keys does."""

    expected: dict[UUID, str]
    reads: int = 0
    failures: list[str] = field(default_factory=list)

    @contextmanager
    def reading(self) -> Iterator[None]:
        done = threading.Event()
        threads = [threading.Thread(target=self._read, args=(done, SEED + number)) for number in range(READERS)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            done.set()
            for thread in threads:
                thread.join(10)

    def _read(self, done: threading.Event, seed: int) -> None:
        choose, clinics = random.Random(seed), list(self.expected)
        while not done.is_set():
            org_id = choose.choice(clinics)
            try:
                with org_scope(org_id), org_tx():
                    found = get_data_key(org_id).id
            except Exception as error:  # noqa: BLE001 - whatever went wrong is what the test is about
                self.failures.append(f"{org_id}: {type(error).__name__} {error}")
                continue
            self.reads += 1
            if found != self.expected[org_id]:
                self.failures.append(f"{org_id}: another key")
            time.sleep(0.0005)
        connections.close_all()


@dataclass(frozen=True)
class Keys:
    """Which master keys the processes have."""

    current: str
    retired: str

    @property
    def environment(self) -> dict[str, str]:
        """That of a process with the worker's login on the tests' database."""
        address = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
        keys = {"ENCRYPTION_KEY": self.current, "ENCRYPTION_KEYS_RETIRED": self.retired}
        return {**os.environ, **keys, "VOXANNE_PROCESS": "worker", "DATABASE_URL": address, "LOG_LEVEL": "ERROR"}


def run_command(keys: Keys, *arguments: str) -> tuple[int, dict]:
    """Exit code and report of the real command."""
    done = subprocess.run(
        [sys.executable, "manage.py", "rotate_encryption_key", "--json", *arguments],
        cwd=ROOT, env=keys.environment, capture_output=True, text=True, check=False, timeout=START_WAIT_S,
    )  # fmt: skip
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


@contextmanager
def rotating(keys: Keys) -> Iterator[Callable[[int], "Victim"]]:
    """`start(rows)` begins a rotation in small batches, in a process of its own that may be killed.

    After so many rows it waits: a busy machine may notice late how far it is.
    """
    with subprocess.Popen(
        [sys.executable, "-m", "tests.reliability.rotating"],
        cwd=ROOT, env=keys.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as runner:  # fmt: skip
        yield lambda rows: Victim(runner, rows)
        runner.stdin.close()


class Victim:
    """One process that rotates."""

    def __init__(self, runner: "subprocess.Popen[str]", rows: int) -> None:
        self._runner = runner
        runner.stdin.write(f"{BATCH} {rows}\n")
        runner.stdin.flush()
        self.pid = int(runner.stdout.readline())

    def kill(self) -> int:
        """Its exit code: minus the signal's number, unless it had finished before."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        return int(self._runner.stdout.readline())


def rows_by_key() -> dict[str, int]:
    """One statement: the server may still be committing the last batch of a process that is dead."""
    with service_tx("test"):
        return dict(OrgKey.across_orgs.values_list("master_key_id").annotate(Count("pk")).order_by())


def wait_for(rows: int, key: str) -> None:
    deadline = time.monotonic() + START_WAIT_S
    while rows_by_key().get(master_key_id(key), 0) < rows:
        assert time.monotonic() < deadline, f"{rows} rows were not reached"


def test_twenty_kills_lose_nothing_and_leave_nothing_behind(transactional_db, settings, capsys):
    clinics = make_clinics()
    make_messages()
    old, settings.ENCRYPTION_KEY = settings.ENCRYPTION_KEY, NEW
    settings.ENCRYPTION_KEYS_RETIRED = [old]
    choose, readers, keys = random.Random(SEED), Readers(clinics), Keys(current=NEW, retired=old)
    began = time.monotonic()
    with readers.reading(), rotating(keys) as start:
        for point in sorted(choose.sample(range(1, CLINICS - 1000), KILLS)):
            done = rows_by_key().get(master_key_id(NEW), 0)
            victim = start(max(point - done, 0) + LEEWAY)
            wait_for(point, NEW)
            time.sleep(choose.uniform(0, 0.01))
            assert victim.kill() == -signal.SIGKILL, "it was to be killed at work, and had finished"
            found = rows_by_key()
            assert (set(found), sum(found.values())) == ({master_key_id(NEW), master_key_id(old)}, CLINICS)
        code, last = run_command(keys)
    took = time.monotonic() - began

    assert readers.failures == []
    assert (code, last["complete"], last["left"], last["unreadable"]) == (0, True, 0, [])
    settings.ENCRYPTION_KEYS_RETIRED = []  # the old key is gone: everything opens without it
    assert data_key_ids() == clinics
    assert count_messages() == MESSAGES
    speed = move_back(Keys(current=old, retired=NEW))
    with capsys.disabled():
        sys.stdout.write(f"\n{KILLS} kills in {took:.1f} s, {readers.reads:,} reads meanwhile, all good\n")
        sys.stdout.write(f"{CLINICS + MESSAGES:,} rows moved back undisturbed: {speed:,.0f} rows/s\n")


def move_back(keys: Keys) -> float:
    """All of them once more, undisturbed; rows a second."""
    before = run_command(keys, "--check")
    code, report = run_command(keys)
    after = run_command(keys, "--check")

    assert (before[0], before[1]["left"]) == (1, CLINICS + MESSAGES)
    assert (code, report["rotated"]) == (0, CLINICS + MESSAGES)
    assert (after[0], after[1]["left"]) == (0, 0)
    return (CLINICS + MESSAGES) / float(report["seconds"])


def data_key_ids() -> dict[UUID, str]:
    with service_tx("test"):
        return {row.org_id: data_key_id(row) for row in OrgKey.across_orgs.all()}


def count_messages() -> int:
    with service_tx("test"):
        rows = list(UnresolvedWebhook.objects.all())
    return len([sealed_text.unseal(row.payload, purpose=UNRESOLVED_PURPOSE, row=str(row.pk)) for row in rows])
