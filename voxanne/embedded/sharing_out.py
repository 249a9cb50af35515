"""How a parallel run of the test suite shares its tests out to workers.

The tests of one file stay together, and so do the browser tests, which share one installation. The longest begin first;
what kills processes comes as soon as the browser tests are over, which give up on a page that is late. A test marked
`serial` measures time: no other test of the run goes on meanwhile.
"""

import fcntl
import os
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

_BROWSER, _KILLING = "tests/e2e/", "tests/reliability/"


def _unit_of(nodeid: str) -> str:
    """What one worker takes at a time."""
    return _BROWSER if nodeid.startswith(_BROWSER) else nodeid.split("::", 1)[0]


@pytest.hookimpl(optionalhook=True, tryfirst=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> object | None:
    """Ours instead of xdist's for `--dist loadfile`."""
    if config.getoption("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling  # only parallel runs pay for it

    class ByUnit(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return _unit_of(nodeid)

        def _assign_work_unit(self, node: Any) -> None:
            if self._is_browser_open():
                others = (unit for unit in self.workqueue if not unit.startswith(_KILLING))
                self.workqueue.move_to_end(next(others, next(iter(self.workqueue))), last=False)
            super()._assign_work_unit(node)

        def _is_browser_open(self) -> bool:
            return any(not all(work.get(_BROWSER, {}).values()) for work in self.assigned_work.values())

    config.option.loadscopereorder = False  # it goes by the number of tests, and the longest would come last
    return ByUnit(config, log)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell each worker where to take turns: in the folder of the process that starts them, which goes when it ends."""
    node.workerinput["turns"] = os.environ["VOXANNE_HOME"]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Browser tests first, then files with slow tests, what kills, the others, and at last files that measure time."""
    if not _is_worker(config):
        return
    slow, serial = (
        {_unit_of(item.nodeid) for item in items if item.get_closest_marker(mark)} for mark in ("slow", "serial")
    )
    sizes = Counter(_unit_of(item.nodeid) for item in items)

    def when(item: pytest.Item) -> tuple[int, int]:
        unit = _unit_of(item.nodeid)
        conditions = (unit in serial, unit not in slow, unit.startswith(_KILLING), unit != _BROWSER, True)
        return -conditions.index(True), -sizes[unit]

    items.sort(key=when)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Take a turn before the test's time limit begins."""
    with ExitStack() as stack:
        if _is_worker(item.config):
            folder = Path(item.config.workerinput["turns"])  # type: ignore[attr-defined]  # xdist sets it
            stack.enter_context(take_turn(folder, alone=item.get_closest_marker("serial") is not None))
        return (yield)


@contextmanager
def take_turn(folder: Path, *, alone: bool) -> Iterator[None]:
    """Wait until nobody is alone in the room or, to be alone, until everybody left. Nobody overtakes who waits."""
    with (folder / "room").open("w") as room:
        with (folder / "queue").open("w") as queue:
            fcntl.flock(queue, fcntl.LOCK_EX)
            fcntl.flock(room, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        yield


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")
