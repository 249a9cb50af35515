"""`/health` says that the process answers; `/health/ready` that all it needs is there."""

from collections.abc import Callable

import structlog
from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse

from voxanne.health.tasks import HEARTBEAT_KEY

log = structlog.get_logger(__name__)


def live(request: HttpRequest) -> JsonResponse:
    """The process answers. Touches nothing else."""
    return JsonResponse({"status": "ok"})


def ready(request: HttpRequest) -> JsonResponse:
    """200 when database, Redis, migrations and worker are there; else 503 naming what fails, and no details."""
    failing = [name for name, check in CHECKS.items() if not _passes(name, check)]
    if failing:
        return JsonResponse({"status": "not_ready", "failing": failing}, status=503)
    return JsonResponse({"status": "ok"})


def _passes(name: str, check: Callable[[], bool]) -> bool:
    """A check that raises has failed: this is the door that reports, so the cause goes to the log and not to strangers."""
    try:
        return check()
    except Exception as error:  # noqa: BLE001 - any failure of a dependency means "not ready"
        log.warning("health.check_failed", check=name, error=type(error).__name__)
        return False


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone() == (1,))


def _migrations() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


CHECKS: dict[str, Callable[[], bool]] = {
    "database": _database,
    "migrations": _migrations,
    "redis": lambda: cache.get("health", "absent") is not None,
    "worker": lambda: cache.get(HEARTBEAT_KEY) is not None,
}
