"""Task bases that carry the tenant, the one way to enqueue, and the platform's own tasks here."""

from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

import structlog
from celery import Task, shared_task
from django.core.management import call_command
from django.db import transaction
from kombu.exceptions import OperationalError

from orgs import audit
from orgs.models import Organization
from orgs.scope import org_scope, org_tx

log = structlog.get_logger(__name__)


class OrgTask(Task):  # type: ignore[misc]
    """A task of one organisation: its first argument is the id, the function receives the organisation in scope.

    The function opens its own short `org_tx`; none is open when it starts, so it may call providers.
    """

    abstract = True

    def __call__(self, org_id: str, *args: Any, **kwargs: Any) -> Any:
        with org_scope(UUID(org_id)):
            with org_tx():
                org = Organization.objects.get(pk=UUID(org_id))
            return super().__call__(org, *args, **kwargs)


class PlatformTask(Task):  # type: ignore[misc]
    """A task across organisations. Its reason is in the log line of every run."""

    abstract = True
    reason = ""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        with structlog.contextvars.bound_contextvars(platform_task=self.name):
            return super().__call__(*args, **kwargs)


def platform_task(*, reason: str, **options: Any) -> Callable[[Callable[..., Any]], Task]:
    """Declare a task that works across organisations, saying why."""
    return cast(
        "Callable[[Callable[..., Any]], Task]",
        shared_task(base=PlatformTask, reason=reason, ignore_result=True, **options),
    )


def enqueue_on_commit(task: Task, *args: str, queue: str | None = None) -> None:
    """Wake a worker once the open transaction has committed.

    Arguments are ids only. Redis being down loses only the wake-up: the row is there and a sweeper finds it.
    """
    transaction.on_commit(lambda: wake(task, *args, queue=queue))


def wake(task: Task, *args: Any, queue: str | None = None) -> bool:
    """Enqueue now, outside of any transaction; False when the broker is away, which never raises."""
    try:
        task.apply_async(args=args, queue=queue or getattr(task, "queue", None))
    except OperationalError as error:
        log.warning("task.wake_lost", task=task.name, error=type(error).__name__)
        return False
    return True


@platform_task(reason="each minute's audit entries are sealed into a hash chain per organisation", queue="bulk")
def seal_audit_log() -> int:
    """Chain the new audit entries."""
    return audit.seal_new_entries()


@platform_task(reason="sessions and tokens belong to people, not to organisations", queue="bulk")
def purge_ended_sessions() -> None:
    """Drop sessions and tokens that have run out, so that their tables stay as large as the day's work."""
    call_command("clearsessions")
    call_command("flushexpiredtokens")
