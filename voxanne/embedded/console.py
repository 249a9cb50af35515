"""What `bin/up` and `bin/test` say to the person who typed them: one whole line at a time, from any thread."""

import sys
import threading

_lock = threading.Lock()


class SetUpFailed(Exception):
    """Setting up cannot go on; the message says what to do, and is all that the person sees."""


def say(text: str = "") -> None:
    """Write a line to standard output."""
    with _lock:
        try:
            sys.stdout.write(f"{text}\n")
            sys.stdout.flush()
        except (BrokenPipeError, ValueError):  # the reader went away; the work goes on
            return


def complain(text: str) -> None:
    """Write a line to standard error."""
    with _lock:
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()
