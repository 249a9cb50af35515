"""Runs modules, each in a new process that may die: started once, forked often, as workers are.

A line on standard input names the module, its arguments, a failpoint ("message.posted:2", or "") and the file for what
the process says. The answer is its exit code.
"""

import atexit
import json
import os
import runpy
import sys
import traceback
from importlib import import_module

import django

# What the modules need, imported before the forks.
_NEEDED = (
    "calls.outbound.placing", "calls.outbound.reconciler", "scheduling.calendars.tasks", "scheduling.waitlist.offering",
    "telephony.messaging.delivering", "telephony.messaging.events",
)  # fmt: skip


def main() -> None:
    django.setup()
    for needed in _NEEDED:
        import_module(needed)
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            os._exit(_run(*json.loads(line)))
        sys.stdout.write(f"{os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])}\n")
        sys.stdout.flush()


def _run(module: str, arguments: list[str], wanted: str, said: str) -> int:
    from voxanne import failpoints

    os.environ["FAILPOINT"] = wanted
    failpoints._wanted, _, failpoints._hit = wanted.partition(":")
    output = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(output, 1)
    os.dup2(output, 2)
    sys.argv = [module, *arguments]
    try:
        runpy.run_module(module, run_name="__main__")
        atexit._run_exitfuncs()
    except BaseException:  # noqa: BLE001 - the process ends here, whatever came of it
        traceback.print_exc()
        return 1
    return 0


if __name__ == "__main__":
    main()
