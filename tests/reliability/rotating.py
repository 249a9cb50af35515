"""Rotates the master key in a new process for each line on standard input: started once, forked often, as workers are.

A line holds two numbers: rows a batch, and after how many rows to wait, at work, for the end that the test makes. It
answers with the new process's id, and when that has ended with its exit code (negative: the signal that killed it).
"""

import os
import sys
import time

import django

django.setup()

from credentials.rotation import rotate  # noqa: E402


def work(*, batch: int, most_rows: int) -> None:
    def wait_at_the_limit(rotated: int) -> None:
        while rotated >= most_rows:
            time.sleep(1)

    rotate(batch=batch, on_progress=wait_at_the_limit)


def say(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


for line in sys.stdin:
    rows_a_batch, limit = map(int, line.split())
    pid = os.fork()
    if pid == 0:
        work(batch=rows_a_batch, most_rows=limit)
        os._exit(0)
    say(pid)
    say(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
