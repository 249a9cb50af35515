"""A sample of a share for the isolation tests, which cannot guess that one lasts a day at most."""

from datetime import timedelta
from typing import Any

from voxanne.clock import now


def sample_share() -> dict[str, Any]:
    """An open share."""
    return {"expires_at": now() + timedelta(hours=1)}
