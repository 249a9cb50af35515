"""Named points at which a test makes the process die, on both sides of what must not be lost.

`FAILPOINT="inbox.claimed:2"` kills the process at the second passage of that point; unset, a point costs one look-up.
"""

import os

_wanted, _, _hit = os.environ.get("FAILPOINT", "").partition(":")
_passages = 0


def failpoint(name: str) -> None:
    """Die here without clean-up, if this point and passage are the wanted ones."""
    global _passages  # noqa: PLW0603 - a process-wide counter is the point
    if name != _wanted:
        return
    _passages += 1
    if _passages >= int(_hit or 1):
        os._exit(137)
