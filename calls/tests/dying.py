"""A worker that dies at a named point: what it holds stays held, and nothing after the point is done."""

from collections.abc import Callable

import pytest


class Died(BaseException):
    """No handler of ours catches it, as none catches a kill."""


def die_at(patch: pytest.MonkeyPatch, point: str, *modules: str) -> list[str]:
    """Have these modules die at that point; returns the points that were passed, for the test to look at."""
    passed: list[str] = []

    def failpoint(name: str) -> None:
        passed.append(name)
        if name == point:
            raise Died

    for module in modules:
        patch.setattr(f"{module}.failpoint", failpoint)
    return passed


def killed(work: Callable[[], object]) -> None:
    """Do it until it dies.

    Raises:
        AssertionError: it lived.
    """
    with pytest.raises(Died):
        work()
