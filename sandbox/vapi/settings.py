"""What holds for all organisations at Vapi, as far as a tester may change it."""

from sandbox.json_types import JsonObject
from sandbox.resources import Resources

KIND, IDENTITY = "vapi.settings", "settings"
DEFAULTS: JsonObject = {
    "concurrencyLimit": 1000,
    "fast": None,
    "server": None,
    "checkReferences": True,
    "enterprise": False,
    "recordings": "sound",
}
"""Far more calls at once than Vapi's own ten, so that a load test is not about that; outbound calls are played as fast
as the sandbox was told on its command line; organisations have no server of their own; what a body refers to must be
there, though the real API may only find out in the call; nothing is had that only enterprises get; recordings are
what they should be."""
RECORDINGS = ("sound", "dead", "huge", "not_audio")
"""What lies behind the link of a recording."""


def read_settings(resources: Resources) -> JsonObject:
    """Return the settings in force."""
    return {**DEFAULTS, **(resources.find(KIND, IDENTITY) or {})}


def change_settings(resources: Resources, change: JsonObject) -> JsonObject:
    """Change some of them; calls in progress go on. Return what then holds."""
    changed = {name: value for name, value in {**read_settings(resources), **change}.items() if name in DEFAULTS}
    resources.delete(KIND, IDENTITY)
    resources.insert(KIND, "", {"id": IDENTITY, **changed})
    return changed
