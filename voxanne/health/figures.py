"""How long work waits for a worker, and when a worker last gave a sign of life."""

import json
import math
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.cache import cache

from voxanne.clock import now
from voxanne.health.tasks import HEARTBEAT_KEY
from voxanne.live.publish import connection
from voxanne.metrics.figures import Figure

# Header of every Celery message: when it was sent, in seconds since 1970.
SENT_AT = "sent_at"


def read_queues() -> Iterator[Figure]:
    """Depth of each queue, age of its oldest message, and the heartbeat. Asks Redis alone."""
    for queue in settings.CELERY_TASK_QUEUES_NAMES:
        with connection().pipeline(transaction=False) as pipe:
            pipe.llen(queue)
            pipe.lindex(queue, -1)
            depth, oldest = pipe.execute()
        yield Figure("queue_depth", "Messages that no worker has taken.", depth, {"queue": queue})
        yield Figure("queue_age_seconds", "Age of the oldest of them.", _age_s(oldest), {"queue": queue})
    yield Figure(
        "worker_heartbeat_age_seconds", "Since a worker last said that it works; +Inf after a minute.", _silence_s()
    )


def _age_s(message: Any) -> float:
    if message is None:
        return 0.0
    sent_at = json.loads(message).get("headers", {}).get(SENT_AT)
    return max(0.0, time.time() - sent_at) if isinstance(sent_at, int | float) else 0.0


def _silence_s() -> float:
    last = cache.get(HEARTBEAT_KEY)
    return max(0.0, (now() - datetime.fromisoformat(last)).total_seconds()) if last else math.inf
