"""Tests of the cache begin when this process already hears about changes: starting to listen empties the caches."""

import pytest

from credentials.invalidation import listener


@pytest.fixture(autouse=True)
def _listening():
    listener.ensure_running()
    assert listener.listening.wait(5)
