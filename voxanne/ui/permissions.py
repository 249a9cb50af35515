"""What the interface may show to whom. The room that owns roles registers its answer here."""

from __future__ import annotations

from collections.abc import Callable

Check = Callable[[str | None, str], bool]


def _nobody(role: str | None, permission: str) -> bool:
    return False


_check: Check = _nobody


def use_check(check: Check) -> None:
    """Register how (role, permission) is answered; until then nothing that needs a permission is shown."""
    global _check  # noqa: PLW0603 - one process, one answer, set at start
    _check = check


def is_allowed(role: str | None, permission: str) -> bool:
    """Say whether a role has a permission."""
    return _check(role, permission)
