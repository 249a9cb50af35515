"""What the process that reads a document takes from itself before it looks at it. Linux; elsewhere what there is.

Kept: the memory it has, its two pipes, its share of processor time. Taken: more memory than `most_memory`, new files
and sockets (there is no free descriptor, so nothing can be opened or connected to), new processes, writing to files,
core dumps, gaining rights, and where the kernel lets an ordinary process have one, the network as a whole.
"""

import ctypes
import os
import resource
import signal
import sys

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_CLONE_NEWNET = 0x40000000
_CLONE_NEWUSER = 0x10000000


def die_with(parent: int) -> None:
    """Have the kernel end this process when its parent ends, however that dies."""
    if sys.platform == "linux":
        _libc().prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def confine(*, most_memory: int, most_cpu_s: int) -> None:
    """Give up everything that reading a document does not need. There is no way back.

    Args:
        most_memory: bytes of address space.
        most_cpu_s: seconds of processor time.
    """
    if sys.platform == "linux":
        libc = _libc()
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)  # refused in most containers: the limits below hold there too
        _limit(resource.RLIMIT_AS, most_memory)
    _limit(resource.RLIMIT_CPU, most_cpu_s, grace=2)  # the first ends it with a signal of its own
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_NPROC, 0)
    _limit(resource.RLIMIT_NOFILE, _highest_descriptor() + 1)


def _limit(what: int, most: int, *, grace: int = 0) -> None:
    _, hard = resource.getrlimit(what)
    last = most + grace if hard == resource.RLIM_INFINITY else min(most + grace, hard)
    resource.setrlimit(what, (min(most, last), last))


def _highest_descriptor() -> int:
    """Descriptors are given out from below: this one and all lower ones are in use."""
    probe = os.dup(0)
    os.close(probe)
    return probe - 1


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
