"""The worker's sign of life."""

from celery import shared_task
from django.core.cache import cache

from voxanne.clock import now

HEARTBEAT_KEY = "worker:heartbeat"
HEARTBEAT_TTL_S = 60


@shared_task(ignore_result=True, queue="critical")
def heartbeat() -> None:
    """Say that beat and a worker are running. Touches no tenant data, so it needs no scope."""
    cache.set(HEARTBEAT_KEY, now().isoformat(), HEARTBEAT_TTL_S)
