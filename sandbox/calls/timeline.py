"""A call's own clock: real time when it is played at a realistic pace, invented time when it is played fast."""

import asyncio
import contextlib

from sandbox import clock

HEAD_START_MS = 60_000
"""A fast call is dated back by this much, so that it does not end in the future."""


class Timeline:
    """Tells the time of a call and lets it pass."""

    def __init__(self, *, fast: bool, dated_back: bool) -> None:
        """Start now, or a minute ago: when the call is played fast and nobody else knows when it began."""
        self._fast = fast
        self._offset_ms = -HEAD_START_MS if fast and dated_back else 0

    def now_ms(self) -> int:
        """Return the call's current time in epoch milliseconds."""
        return clock.epoch_ms() + self._offset_ms

    async def wait(self, seconds: float, *, unless: asyncio.Event | None = None) -> None:
        """Let some of the call's time pass, or less when an event comes first."""
        if self._fast:
            self._offset_ms += round(seconds * 1000)
            await asyncio.sleep(0)
        else:
            await really_wait(seconds, unless=unless)


async def really_wait(seconds: float, *, unless: asyncio.Event | None) -> None:
    """Wait by the wall clock, until an event comes first."""
    if unless is None:
        await asyncio.sleep(seconds)
        return
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await unless.wait()
