"""A second process for the cache test: answers `get <org>` on standard input with how it found the secret."""

import logging
import sys
from uuid import UUID

import django

django.setup()

from credentials.invalidation import listener  # noqa: E402
from credentials.service import credential_service  # noqa: E402
from credentials.types import Provider  # noqa: E402
from voxanne.metrics.testing import counted  # noqa: E402

logging.disable(logging.CRITICAL)


def answer(org_id: str) -> str:
    hits = counted("credential_read_seconds_count", result="hit")
    credentials = credential_service.get(UUID(org_id), Provider.VAPI)
    found = "hit" if counted("credential_read_seconds_count", result="hit") > hits else "miss"
    listener.listening.wait(5)
    return f"{found} {credentials.secret_id}"


for line in sys.stdin:
    sys.stdout.write(answer(line.strip()) + "\n")
    sys.stdout.flush()
