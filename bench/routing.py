"""Who answers: `assistant-request` while a hundred telephones ring, beside a bare view that looks one row up."""

import json
import random
import time
from collections.abc import Callable, Iterator
from uuid import uuid4

import psycopg

from bench.clinic import WEBHOOK, Clinic
from bench.cpu import seconds_used
from bench.figures import Figure, at_least, at_most, exactly, median, report
from bench.load import Answer, Outcome, post, send
from bench.many_clinics import CLINICS, CONTACTS_EACH, KnownClinic, open_many_clinics
from bench.stack import DATABASE, Stack

BARE = "/bare/look-up"
AT_ONCE = 100
AIM_MS = 150.0
# Longer than the courier of ringing calls needs for a burst.
REST_S = 1.0
BARE_TABLE = """
CREATE TABLE IF NOT EXISTS bare_contacts (
    org_id uuid NOT NULL, phone text NOT NULL, name text NOT NULL, PRIMARY KEY (org_id, phone)
);
GRANT SELECT ON bare_contacts TO voxanne_web;
INSERT INTO bare_contacts SELECT org_id, phone, name FROM contacts WHERE phone > '' ON CONFLICT DO NOTHING;
ANALYZE
"""
_Rounds = dict[str, list[Outcome]]


def routing(stack: Stack, clinic: Clinic, *, quick: bool) -> Iterator[Figure]:
    """Bursts of a hundred requests in one moment, a hundred callers at the pace of calls, then as fast as they come."""
    clinics = open_many_clinics(clinics=20 if quick else CLINICS)
    with psycopg.connect(stack.superuser_url, dbname=DATABASE, autocommit=True) as connection:
        connection.execute(BARE_TABLE)
    ask = _Asking(clinics)
    for path in (WEBHOOK, BARE):
        send(stack.web, ask.requests(path, 1500 if not quick else 300), connections=AT_ONCE)
    yield report("clinics / contacts in the database", len(clinics), f"/ {len(clinics) * CONTACTS_EACH}")
    yield from _one(stack, ask, quick=quick)
    yield from _bursts(stack, ask, quick=quick)
    yield from _paced(stack, ask, quick=quick)
    yield from _saturated(stack, ask, quick=quick)


class _Asking:
    """Requests of callers of all clinics, four of five of them known."""

    def __init__(self, clinics: list[KnownClinic]) -> None:
        self._clinics = clinics
        self._chance = random.Random(7)  # noqa: S311 - the same callers in each run

    def requests(self, path: str, count: int) -> Iterator[bytes]:
        """So many, each of a call of its own."""
        return iter([self._request(path) for _ in range(count)])

    def _request(self, path: str) -> bytes:
        clinic = self._chance.choice(self._clinics)
        is_known = self._chance.random() < 0.8
        caller = self._chance.choice(clinic.callers) if is_known else f"+4478{self._chance.randrange(10**8):08d}"
        customer = {"number": caller}
        call = {
            "id": str(uuid4()), "orgId": str(clinic.org_id), "type": "inboundPhoneCall", "status": "ringing",
            "phoneNumberId": str(uuid4()), "customer": customer,
        }  # fmt: skip
        phone = {"id": call["phoneNumberId"], "number": clinic.number, "provider": "twilio", "name": "Main"}
        body = {
            "message": {
                "type": "assistant-request", "timestamp": 1785000000000, "call": call, "phoneNumber": phone,
                "customer": customer,
            }
        }  # fmt: skip
        return post(path, json.dumps(body).encode(), X_Vapi_Secret=clinic.secret, X_Forwarded_Proto="https")


def _one(stack: Stack, ask: _Asking, *, quick: bool) -> Iterator[Figure]:
    outcome = send(stack.web, ask.requests(WEBHOOK, 100 if quick else 400), connections=1)
    for share in (0.5, 0.95):
        yield report(f"assistant-request, one at a time, p{share * 100:.0f}", outcome.percentile(share), "ms")


def _bursts(stack: Stack, ask: _Asking, *, quick: bool) -> Iterator[Figure]:
    """A hundred telephones ring in the same moment. What an earlier burst left to do is done before the next one."""
    rounds = _alternating(stack, ask, rounds=4 if quick else 20, run=_burst)
    yield from _latencies("100 in one moment", rounds, aim=AIM_MS)


def _burst(stack: Stack, ask: _Asking, path: str) -> Outcome:
    time.sleep(REST_S)
    return send(stack.web, ask.requests(path, AT_ONCE), connections=AT_ONCE)


def _paced(stack: Stack, ask: _Asking, *, quick: bool) -> Iterator[Figure]:
    """A hundred callers, a new call from each every two seconds: fifty calls a second."""
    each_s, count = 2.0, 200 if quick else 1000

    def run(stack: Stack, ask: _Asking, path: str) -> Outcome:
        return send(stack.web, ask.requests(path, count), connections=AT_ONCE, each_s=each_s)

    yield from _latencies("100 callers, 50 calls a second", _alternating(stack, ask, rounds=1, run=run), aim=AIM_MS)


def _saturated(stack: Stack, ask: _Asking, *, quick: bool) -> Iterator[Figure]:
    """As fast as answers come over a hundred connections: how the cores are shared."""
    count, used = 500 if quick else 2000, dict[str, list[float]]()

    def run(stack: Stack, ask: _Asking, path: str) -> Outcome:
        before = seconds_used(stack)
        outcome = send(stack.web, ask.requests(path, count), connections=AT_ONCE)
        used.setdefault(path, []).append((seconds_used(stack) - before) / count * 1000)
        return outcome

    rounds = _alternating(stack, ask, rounds=2 if quick else 4, run=run)
    ours, bare = rounds[WEBHOOK], rounds[BARE]
    yield at_least(
        "assistant-request ÷ bare look-up, throughput",
        median([a.per_second / b.per_second for a, b in zip(ours, bare, strict=True)]),
        0,
        note="100 connections without a pause, alternating rounds",
    )
    for name, path in (("assistant-request", WEBHOOK), ("bare look-up", BARE)):
        yield report(f"{name}, a second", median([outcome.per_second for outcome in rounds[path]]), "/s")
        yield report(f"{name}, processor time", median(used[path]), "ms", note="web, PostgreSQL and Redis together")
    yield from _latencies("100 without a pause", rounds)


def _alternating(stack: Stack, ask: _Asking, *, rounds: int, run: Callable[[Stack, _Asking, str], Outcome]) -> _Rounds:
    found: _Rounds = {WEBHOOK: [], BARE: []}
    for _ in range(rounds):
        for path, outcomes in found.items():
            outcomes.append(run(stack, ask, path))
    return found


def _latencies(name: str, rounds: _Rounds, *, aim: float | None = None) -> Iterator[Figure]:
    ours, bare = _together(rounds[WEBHOOK]), _together(rounds[BARE])
    for share in (0.5, 0.95, 0.99):
        label, value = f"assistant-request, {name}, p{share * 100:.0f}", ours.percentile(share)
        has_aim = aim is not None and share == 0.95
        yield at_most(label, value, aim or 0, "ms") if has_aim else report(label, value, "ms")
    yield report(f"bare look-up, {name}, p95", bare.percentile(0.95), "ms")
    yield report(f"assistant-request ÷ bare look-up, {name}, p95", ours.percentile(0.95) / bare.percentile(0.95), "")
    wrong = sum(not _is_answered(answer) for answer in ours.answers)
    yield exactly(f"{name}: without an assistant", wrong, 0)


def _together(outcomes: list[Outcome]) -> Outcome:
    return Outcome([answer for outcome in outcomes for answer in outcome.answers], sum(o.seconds for o in outcomes))


def _is_answered(answer: Answer) -> bool:
    return answer.status == 200 and b'"assistantId"' in answer.body and b'"variableValues"' in answer.body
