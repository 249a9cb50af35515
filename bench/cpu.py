"""How much processor time the servers used: a cost that other programs on the same cores hardly change."""

import psutil

from bench.stack import Stack


def seconds_used(stack: Stack) -> float:
    """User and system seconds of the stack's web server, PostgreSQL and Redis until now."""
    roots = [process.pid for process in stack.processes.values()] + stack.service_pids
    return sum(_with_children(pid) for pid in roots)


def _with_children(pid: int) -> float:
    process = psutil.Process(pid)
    total = 0.0
    for one in (process, *process.children(recursive=True)):
        try:
            times = one.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
        # What ended children used is added to their parent: PostgreSQL's backends come and go.
        total += (
            getattr(times, "children_user", 0.0) + getattr(times, "children_system", 0.0) if one is process else 0.0
        )
    return total
