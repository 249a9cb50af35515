"""Numbers bought and given back while workers are killed and providers fail; the simulated providers are the judge.

Each attempt is a process of its own that dies by SIGKILL: first after every single step in turn, then at any moment.
"""

import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from typing import Any

from bench.clinic import Clinic
from bench.figures import Figure, exactly, report
from bench.stack import Stack

RUNS = 100
MOST_STEPS = 100
AREAS = (212, 202, 213, 305, 312, 404, 415, 512, 617, 702)
LONGEST_LIFE_S = 0.6
PATIENCE_S = 20.0
PROVIDERS = ("twilio", "vapi")


def managed_numbers(stack: Stack, clinic: Clinic, *, quick: bool) -> Iterator[Figure]:
    """Deaths after each step, then random ones amid faults."""
    from django.conf import settings

    settings.MANAGED_NUMBERS_PER_CLINIC, settings.VAPI_RETRY_DELAYS_S = 10_000, ()
    _become_worker()
    with stack.sandbox():
        trial = _Trial(stack.ports.sandbox, clinic)
        yield from trial.die_at_each_step()
        yield from trial.die_at_random(10 if quick else RUNS)


class _Trial:
    """One clinic, and all numbers that are for sale."""

    def __init__(self, port: int, clinic: Clinic) -> None:
        from django.conf import settings

        from orgs.models import Organization
        from orgs.scope import org_scope, org_tx
        from providers.testing import SandboxProcess

        self._sandbox = SandboxProcess(f"http://127.0.0.1:{port}", vapi_key=settings.VAPI_PRIVATE_KEY)
        with org_scope(clinic.org_id), org_tx():
            self._org = Organization.objects.get()
        self._for_sale = (f"+1{area}5550{last}" for last, area in product(range(150, 199), AREAS))
        self._rng = random.Random(8)  # noqa: S311 - the same every time

    def die_at_each_step(self) -> Iterator[Figure]:
        """Buying and giving back, killed at the first step, then at the second, and so on to the end."""
        from agents.tests.managed import finish, forget_subaccount, judge, order

        deaths, whole = 0, False
        while not whole and deaths < MOST_STEPS:
            forget_subaccount(self._org)
            row = order(self._org, next(self._for_sale))
            whole = not _killed(partial(self._walk, row, dying_at=deaths + 1), after_s=PATIENCE_S)
            deaths += not whole
            finish(self._org, row)
        judge(self._org, self._sandbox)
        yield report("numbers, steps after which a worker was killed", deaths, "", note="each ended whole or gone")

    def die_at_random(self, runs: int) -> Iterator[Figure]:
        """Random deaths amid errors, dropped connections and lost answers."""
        from agents.tests.managed import finish, judge, order

        deaths, started = 0, time.monotonic()
        rows = []
        for _ in range(runs):
            row = order(self._org, next(self._for_sale))
            self._spoil()
            deaths += sum(self._try_once(row) for _ in range(self._rng.randrange(1, 5)))
            for provider in PROVIDERS:
                self._sandbox.heal(provider=provider)
            rows.append(finish(self._org, row))
        judge(self._org, self._sandbox)
        seconds = time.monotonic() - started
        active = sum(row.status == "active" for row in rows)
        note = f"{deaths} SIGKILLs, {active} in use, {runs - active} given back, {seconds:.0f} s"
        yield exactly("numbers, random runs that ended whole or gone", len(rows), runs, note=note)

    def _spoil(self) -> None:
        for provider in PROVIDERS:
            self._sandbox.spoil(
                provider=provider,
                status=self._rng.choice((429, 500, 503)),
                error_rate=0.15,
                drop_rate=0.15,
                after_work=self._rng.random() < 0.5,
            )

    def _try_once(self, row: object) -> bool:
        from agents.managed_numbers.flow import advance
        from agents.tests.managed import give_back, let_time_pass

        if self._rng.random() < 0.15:
            give_back(self._org, row)
        died = _killed(
            lambda: advance(org=self._org, row_id=row.pk),  # type: ignore[attr-defined]
            after_s=self._rng.uniform(0.01, LONGEST_LIFE_S),
        )
        let_time_pass(self._org)
        return died

    def _walk(self, row: object, *, dying_at: int) -> None:
        from agents.tests.managed import FAILING, buy_and_give_back

        passed = 0

        def die(_name: str) -> None:
            nonlocal passed
            passed += 1
            if passed == dying_at:
                os.kill(os.getpid(), signal.SIGKILL)

        for module in FAILING:
            module.failpoint = die  # type: ignore[attr-defined]
        buy_and_give_back(self._org, row)


def _killed(work: Callable[[], object], *, after_s: float) -> bool:
    """Do something in a process that is killed after a while; whether it died before it was done."""
    from django.db import connection

    connection.close()
    child = os.fork()
    if child == 0:
        try:
            work()
            os._exit(0)
        finally:  # never on as a second parent
            os._exit(1)
    deadline = time.monotonic() + after_s
    while time.monotonic() < deadline:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.WIFSIGNALED(status)
        time.sleep(0.002)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return True


def _become_worker() -> None:
    """Ask the database as a worker does, over a plain connection, which a forked process can do without."""
    from django.db import connections

    database: Any = connections["default"]
    database.close()
    database.close_pool()
    database.settings_dict["USER"] = "voxanne_worker"
    database.settings_dict["OPTIONS"].pop("pool", None)
