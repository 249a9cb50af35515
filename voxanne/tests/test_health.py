"""`/health` and `/health/ready`."""

import pytest
from django.core.cache import cache
from django.test import Client

from voxanne.health import probes
from voxanne.health.tasks import heartbeat


def ready():
    return Client().get("/health/ready")


def test_alive_asks_nothing_of_anything(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = Client().get("/health")

    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_ready_when_all_is_there(db):
    heartbeat()

    assert (ready().status_code, ready().json()) == (200, {"status": "ok"})


def test_without_a_worker_it_is_not_ready(db):
    cache.clear()

    assert (ready().status_code, ready().json()) == (503, {"status": "not_ready", "failing": ["worker"]})


@pytest.mark.parametrize("name", ["database", "migrations", "redis", "worker"])
def test_what_fails_is_named_without_details(db, monkeypatch, name):
    def explode() -> str:
        raise ConnectionError("redis://user:canary@10.0.0.5 refused")

    heartbeat()
    monkeypatch.setitem(probes.READY, name, explode)

    response = ready()

    assert response.json() == {"status": "not_ready", "failing": [name]}
    assert b"canary" not in response.content
