"""Garbage is collected without stopping whoever waits for an answer."""

import gc
import time

import pytest

from voxanne.memory import YOUNG_OBJECTS, settle


@pytest.fixture
def _as_before():
    before, was_set_aside = gc.get_threshold(), gc.get_freeze_count()
    gc.unfreeze()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)
    if was_set_aside:
        gc.freeze()


@pytest.mark.usefixtures("_as_before")
def test_what_was_loaded_is_not_looked_through_again():
    gc.collect()
    loaded = len(gc.get_objects())

    settle()
    settle()

    assert gc.get_freeze_count() > loaded / 2
    assert gc.get_threshold()[0] == YOUNG_OBJECTS
    started = time.thread_time()
    gc.collect()
    assert time.thread_time() - started < 0.05
