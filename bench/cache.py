"""How often a webhook finds its clinic's secret in memory, and how quickly: as the web processes count it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice

from bench.clinic import WEBHOOK, Clinic, make_clinic
from bench.figures import Figure, at_least, exactly, report
from bench.load import send
from bench.scrape import scrape
from bench.stack import Stack

CLINICS = 6
CONNECTIONS = 40
EACH_S = 0.4
# Longer than an entry lives, so that every one of them runs out at least once.
SECONDS = 40
SAVE_EVERY_S = 3.0
READS = "voxanne_credential_read_seconds"


def cache(stack: Stack, clinic: Clinic, *, quick: bool) -> Iterator[Figure]:
    """Signed webhooks of several clinics, while one of them saves its credentials again and again."""
    clinics = [clinic, *(make_clinic(f"Cache Clinic {number}") for number in range(1, CLINICS))]
    count = round(CONNECTIONS * (6 if quick else SECONDS) / EACH_S)
    stack.forget_backlog()
    send(stack.web, _in_turn(clinics, 240), connections=CONNECTIONS)
    before = scrape(stack)
    with _saving_again_and_again(clinics[1]) as saves:
        outcome = send(stack.web, _in_turn(clinics, count), connections=CONNECTIONS, each_s=EACH_S)
    seen = scrape(stack).since(before)
    hits, misses = (seen.total(f"{READS}_count", process="web", result=result) for result in ("hit", "miss"))
    reads = hits + misses
    pace = f"{outcome.per_second:.0f} webhooks a second of {CLINICS} clinics for {outcome.seconds:.0f} s"
    yield at_least("credentials found in memory", hits / reads, 0.95, note=f"{pace}; {len(saves)} saves of one clinic")
    yield report("credentials read from the database", misses, "", note=f"of {reads:.0f} reads, in two processes")
    within = seen.total(f"{READS}_bucket", process="web", result="hit", le="0.001")
    yield at_least("hits within 1 ms", within / hits, 0.99)
    for share in (0.5, 0.99):
        yield report(
            f"a hit, p{share * 100:.0f}", seen.quantile(READS, share, process="web", result="hit") * 1000, "ms"
        )
    yield report("a miss, p50", seen.quantile(READS, 0.5, process="web", result="miss") * 1000, "ms")
    yield exactly("webhooks not answered with 200", len(outcome.answers) - outcome.statuses.get(200, 0), 0)
    counted = seen.total("voxanne_webhook_seconds_count", outcome="accepted")
    yield exactly("webhooks that the server did not count", len(outcome.answers) - counted, 0.0)


def _in_turn(clinics: list[Clinic], count: int) -> Iterator[bytes]:
    """Reports of all clinics, one after another."""
    requests = [clinic.reports(WEBHOOK, count=count) for clinic in clinics]
    return islice((request for together in zip(*requests, strict=True) for request in together), count)


@contextmanager
def _saving_again_and_again(clinic: Clinic) -> Iterator[list[int]]:
    """The clinic's credentials are replaced every few seconds while this is open; the list grows with each save."""
    saves: list[int] = []
    done = threading.Event()
    thread = threading.Thread(target=_save_until, args=(clinic, done, saves))
    thread.start()
    try:
        yield saves
    finally:
        done.set()
        thread.join()


def _save_until(clinic: Clinic, done: threading.Event, saves: list[int]) -> None:
    from django.db import connections

    from credentials.service import credential_service
    from credentials.types import Provider
    from orgs.actors import Actor

    actor = Actor.system(clinic.org_id)
    while not done.wait(SAVE_EVERY_S):
        stored = credential_service.read_stored(clinic.org_id, Provider.VAPI)
        credential_service.save(org_id=clinic.org_id, credentials=stored.credentials, actor=actor)
        saves.append(len(saves))
    connections.close_all()
