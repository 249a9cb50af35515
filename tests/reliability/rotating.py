"""Rotates the master key in a new process for each line on standard input: started once, forked often, as workers are.

A line holds the command's arguments. It answers with the new process's id, and when that has ended with its exit code
(negative: the signal that killed it).
"""

import os
import sys

import django

django.setup()

from django.core.management import call_command, load_command_class  # noqa: E402

COMMAND = load_command_class("credentials", "rotate_encryption_key")


def rotate(arguments: list[str]) -> int:
    try:
        call_command(COMMAND, *arguments, stdout=sys.stderr)
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def say(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


for line in sys.stdin:
    pid = os.fork()
    if pid == 0:
        os._exit(rotate(line.split()))
    say(pid)
    say(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
