"""Waiting for processes to end, whoever started them."""

import time
from collections.abc import Iterable

import psutil


def wait_until_ended(processes: Iterable[psutil.Process], *, timeout_s: float) -> bool:
    """Whether all ended in time. One that only waits to be reaped has ended: in containers nobody may ever reap it."""
    deadline = time.monotonic() + timeout_s
    waiting = list(processes)
    while waiting := [process for process in waiting if is_alive(process)]:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def is_alive(process: psutil.Process) -> bool:
    """Whether it runs. Works for processes that this one did not start."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
