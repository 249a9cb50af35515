"""The seven tools of a live call: what a caller hears as silence, beside a bare view that looks one row up."""

import json
from collections.abc import Iterator

import psycopg

from bench.busy_clinics import CLINICS, CONTACTS_EACH, VISITS_EACH, Callers, open_busy_clinics
from bench.clinic import Clinic
from bench.cpu import seconds_used
from bench.figures import Figure, at_most, exactly, median, report
from bench.load import Answer, Outcome, send
from bench.routing import BARE, BARE_TABLE
from bench.stack import DATABASE, Stack

AT_ONCE = 100
AIM_MS = 150.0
# Each of a hundred calls asks something every five seconds: more often than people who also talk.
EACH_S = 5.0
ROUNDS = 3


def tools(stack: Stack, clinic: Clinic, *, quick: bool) -> Iterator[Figure]:
    """Each tool alone, by a hundred calls at the pace of talk, and as fast as answers come."""
    clinics = open_busy_clinics(stack, clinics=20 if quick else CLINICS)
    with psycopg.connect(stack.superuser_url, dbname=DATABASE, autocommit=True) as connection:
        connection.execute(BARE_TABLE)
    of = len(clinics)
    yield report("clinics / contacts / appointments", of, f"/ {of * CONTACTS_EACH} / {of * VISITS_EACH}")
    callers = Callers(clinics)
    send(stack.web, callers.bare(BARE, 600), connections=AT_ONCE)
    for tool in callers.tools:
        send(stack.web, callers.questions(tool, 50 if quick else 150), connections=8)
        yield from _paced(stack, callers, tool, quick=quick)
        yield from _saturated(stack, callers, tool, quick=quick)


def _paced(stack: Stack, callers: Callers, tool: str, *, quick: bool) -> Iterator[Figure]:
    questions = callers.questions(tool, 100 if quick else 300)
    outcome = send(stack.web, questions, connections=AT_ONCE, each_s=EACH_S)
    yield report(f"{tool}, 100 calls, 20 questions a second, p50", outcome.percentile(0.5), "ms")
    yield at_most(f"{tool}, 100 calls, 20 questions a second, p95", outcome.percentile(0.95), AIM_MS, "ms")
    yield report(f"{tool}, done", sum(map(_is_done, outcome.answers)), f"of {len(outcome.answers)}")
    yield exactly(f"{tool}, not answered with 200", sum(answer.status != 200 for answer in outcome.answers), 0)


def _saturated(stack: Stack, callers: Callers, tool: str, *, quick: bool) -> Iterator[Figure]:
    """As fast as answers come over a hundred connections, in turn with the bare view."""
    ours, bare, used = list[Outcome](), list[Outcome](), list[float]()
    count = 40 if quick else 200
    for _ in range(ROUNDS):
        before = seconds_used(stack)
        ours.append(send(stack.web, callers.questions(tool, count), connections=AT_ONCE))
        used.append((seconds_used(stack) - before) / count * 1000)
        bare.append(send(stack.web, callers.bare(BARE, count * 3), connections=AT_ONCE))
    ratio = median([a.per_second / b.per_second for a, b in zip(ours, bare, strict=True)])
    yield report(f"{tool} ÷ bare look-up, throughput", ratio, "", note="100 connections without a pause, in turn")
    yield report(f"{tool}, a second", median([one.per_second for one in ours]), "/s")
    yield report(f"{tool}, processor time", median(used), "ms", note="web, PostgreSQL and Redis together")


def _is_done(answer: Answer) -> bool:
    """Whether the tool did what was asked, rather than say why not."""
    if answer.status != 200:
        return False
    content = json.loads(json.loads(answer.body)["toolResult"]["content"])
    return bool(content.get("success"))
