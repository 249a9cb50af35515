"""Work that goes on after an answer was given: calls that ring, messages that travel, notices that go out."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

logger = logging.getLogger(__name__)

FAST_SHARE = 0.05
"""What remains of a wait when the sandbox runs fast."""


class Background:
    """Tasks in progress; a reset breaks them off."""

    def __init__(self, *, fast: bool) -> None:
        """Keep to real waits, or to a small share of them when `fast`."""
        self._share = FAST_SHARE if fast else 1.0
        self._tasks: set[asyncio.Task[None]] = set()

    def later(self, delay_s: float, work: Callable[[], Awaitable[object]]) -> None:
        """Do something after a wait, in the background."""
        task = asyncio.get_running_loop().create_task(self._run(delay_s, work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def wait(self, seconds: float) -> None:
        """Wait as long as the real provider would take, shortened when fast."""
        await asyncio.sleep(seconds * self._share)

    async def stop(self) -> None:
        """Break off everything."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, delay_s: float, work: Callable[[], Awaitable[object]]) -> None:
        await self.wait(delay_s)
        try:
            await work()
        except Exception:  # nobody waits for this task: the fault must not be lost, nor stop the sandbox
            logger.exception("work in the background failed")
