"""How many calls an organisation may have at once."""

from sandbox.json_types import JsonObject
from sandbox.state import Sandbox
from sandbox.vapi.settings import read_settings


def is_full(sandbox: Sandbox, owner: str) -> bool:
    """Whether an organisation has as many calls as it may."""
    return sandbox.switchboard.live_calls(owner) >= _limit(sandbox)


def subscription_limits(sandbox: Sandbox, owner: str) -> JsonObject:
    """Return what the answer to a new call says about them."""
    limit = _limit(sandbox)
    remaining = max(limit - sandbox.switchboard.live_calls(owner), 0)
    return {"concurrencyBlocked": remaining == 0, "concurrencyLimit": limit, "remainingConcurrentCalls": remaining}


def _limit(sandbox: Sandbox) -> int:
    return int(read_settings(sandbox.resources)["concurrencyLimit"])
