"""`/metrics` over HTTP: who may read it, and what it tells."""

import json
import math
import time

import pytest
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from orgs.scope import org_scope, org_tx, service_tx
from voxanne.celery import app
from voxanne.health.tasks import HEARTBEAT_KEY, heartbeat
from voxanne.live.publish import connection as redis
from voxanne.metrics import figures
from voxanne.metrics.denials import expected_denials
from voxanne.metrics.testing import counted

TOKEN = "metrics-token-for-tests-only-0123456789"


@pytest.fixture(autouse=True)
def _token(settings):
    settings.METRICS_TOKEN = TOKEN


def ask(authorization=f"Bearer {TOKEN}", **headers):
    return Client().get("/metrics", headers={"Authorization": authorization, **headers} if authorization else headers)


def read(**headers):
    """Every sample, by name and labels."""
    answer = ask(**headers)
    assert answer.status_code == 200
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.content.decode())
        for sample in family.samples
    }


def value(name, **labels):
    return read()[(f"voxanne_{name}", frozenset(labels.items()))]


@pytest.mark.parametrize("shown", ["", "Bearer ", "Bearer wrong", TOKEN, f"bearer {TOKEN}", f"Bearer {TOKEN} "])
def test_without_the_token_nothing_is_told(db, shown):
    answer = ask(shown)

    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert b"voxanne" not in answer.content


def test_without_a_token_set_there_is_no_such_address(db, settings):
    settings.METRICS_TOKEN = ""

    assert [ask(shown).status_code for shown in ("", "Bearer ", f"Bearer {TOKEN}")] == [404] * 3


def test_it_is_asked_by_the_name_that_the_process_has_inside_and_over_plain_http(db, settings):
    settings.SECURE_SSL_REDIRECT = True

    answer = ask(Host="admin:8000")

    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert not answer.cookies


def test_nothing_but_reading(db):
    assert Client().post("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 405


def test_a_process_without_the_right_tells_only_what_it_counted(settings, django_assert_num_queries, db):
    settings.HAS_ADMIN = False
    with django_assert_num_queries(0):
        told = {name for name, _ in read()}

    assert "voxanne_http_request_seconds_count" in told
    assert "voxanne_agents" not in told


def test_the_platforms_figures(north, south):
    assert value("agents", state="draft") + value("agents", state="syncing") >= 4
    assert value("phone_numbers", state="connected") == 0
    assert value("webhook_inbox_events", state="pending") == 0
    assert value("webhook_inbox_age_seconds") == 0
    assert value("credentials_needing_attention", provider="twilio") == 0
    assert value("source_up", source="database") == 1


def test_requests_are_counted_by_the_name_of_their_address(db):
    labels = {"route": "health", "method": "GET", "status": "2xx"}
    before = counted("http_request_seconds_count", **labels)

    Client().get("/health")
    Client().get("/nothing/447700900123")
    Client().generic("BREW", "/health")

    assert counted("http_request_seconds_count", **labels) == before + 1
    assert counted("http_request_seconds_count", route="none", method="GET", status="4xx")
    assert counted("http_request_seconds_count", route="none", method="other", status="4xx"), "it serves no such method"
    assert b"447700900123" not in ask().content
    assert b"BREW" not in ask().content


def test_queues_tell_their_depth_and_the_age_of_the_oldest(db):
    redis().delete("bulk")
    assert (value("queue_depth", queue="bulk"), value("queue_age_seconds", queue="bulk")) == (0, 0)

    heartbeat.apply_async(queue="bulk")
    sent = json.loads(redis().lindex("bulk", -1))
    sent["headers"]["sent_at"] -= 40
    redis().rpush("bulk", json.dumps(sent))

    assert value("queue_depth", queue="bulk") == 2
    assert 40 <= value("queue_age_seconds", queue="bulk") < 60
    redis().delete("bulk")


def test_a_worker_that_says_nothing_is_infinitely_silent(db):
    cache.delete(HEARTBEAT_KEY)
    assert value("worker_heartbeat_age_seconds") == math.inf

    heartbeat()
    assert value("worker_heartbeat_age_seconds") < 5


def test_a_source_that_fails_takes_nothing_with_it(north, monkeypatch):
    def broken():
        raise DatabaseError("away")

    monkeypatch.setitem(figures._sources, "database", broken)

    assert value("source_up", source="database") == 0
    assert value("source_up", source="queues") == 1
    assert not [name for name, _ in read() if name == "voxanne_agents"]


def refused(statement):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_what_isolation_refuses_is_counted_wherever_it_is_caught(north, south):
    def counts():
        return tuple(counted("rls_denials_total", reason=reason) for reason in ("no_right", "no_organisation"))

    before = counts()
    refused("SELECT count(*) FROM call_logs")
    with org_scope(north), org_tx():
        refused(f"INSERT INTO closures (id, org_id) VALUES (gen_random_uuid(), '{south.pk}')")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('role', 'voxanne_tenant', true), set_config('app.org_id', '', true)")
        refused("SELECT count(*) FROM organizations")  # with rows in it: the policy is asked for each row
        transaction.set_rollback(True)  # the role must not stay
    refused("SELECT 1/0")
    with expected_denials():
        refused("SELECT count(*) FROM call_logs")

    assert counts() == (before[0] + 2, before[1] + 1)


def test_the_scrape_gives_up_rather_than_hold_the_database(north, monkeypatch):
    from orgs import platform_figures

    monkeypatch.setattr(platform_figures, "TIMEOUT_MS", 50)
    monkeypatch.setitem(platform_figures._readers, "slow", lambda cursor: cursor.execute("SELECT pg_sleep(5)") or [])
    started = time.monotonic()

    assert value("source_up", source="database") == 0
    assert time.monotonic() - started < 4
    with service_tx("still usable"):
        pass


def test_the_worker_knows_the_queues_that_are_told(settings):
    assert tuple(queue.name for queue in app.conf.task_queues) == settings.CELERY_TASK_QUEUES_NAMES
