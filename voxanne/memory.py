"""How a process that answers callers collects garbage: never by looking through all that Django loaded.

A full collection walks some 175,000 objects that live as long as the process and takes 100 ms, in which nobody in it is
answered. They are set aside once everything is loaded. What a request leaves behind is collected in larger lots, since
most of it is gone by then without any help.
"""

import gc

from django.urls import get_resolver

# Net new objects before the youngest are looked through; CPython's own 700 is reached several times in one request.
YOUNG_OBJECTS = 20_000


def settle() -> None:
    """Load what the first request would, then leave everything there is out of later collections. Twice is once."""
    _ = get_resolver().url_patterns
    set_aside_what_is_loaded()


def set_aside_what_is_loaded() -> None:
    """Leave everything there is out of later collections, and collect what comes in larger lots. Twice is once."""
    gc.collect()
    gc.freeze()
    _, *older = gc.get_threshold()
    gc.set_threshold(YOUNG_OBJECTS, *older)
