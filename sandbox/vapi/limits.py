"""How many calls an organisation may have at once, and what becomes of one too many."""

from sandbox.json_types import JsonObject
from sandbox.resources import Resources
from sandbox.state import Sandbox

KIND, IDENTITY = "vapi.limits", "limits"
DEFAULT_CONCURRENCY = 1000
"""Far above Vapi's own ten, so that a load test is not about this; a tester may lower it."""


def concurrency_limit(resources: Resources) -> int:
    """Return the number of calls that every organisation may have at once."""
    known = resources.find(KIND, IDENTITY)
    return int(known["concurrency"]) if known else DEFAULT_CONCURRENCY


def set_concurrency_limit(resources: Resources, limit: int) -> None:
    """Change the number; calls in progress go on."""
    resources.delete(KIND, IDENTITY)
    resources.insert(KIND, "", {"id": IDENTITY, "concurrency": limit})


def is_full(sandbox: Sandbox, owner: str) -> bool:
    """Whether an organisation has as many calls as it may."""
    return sandbox.switchboard.live_calls(owner) >= concurrency_limit(sandbox.resources)


def subscription_limits(sandbox: Sandbox, owner: str) -> JsonObject:
    """Return what the answer to a new call says about them."""
    limit = concurrency_limit(sandbox.resources)
    remaining = max(limit - sandbox.switchboard.live_calls(owner), 0)
    return {"concurrencyBlocked": remaining == 0, "concurrencyLimit": limit, "remainingConcurrentCalls": remaining}
