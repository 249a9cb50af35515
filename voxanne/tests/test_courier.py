"""What is handed over leaves in batches, by another thread, and never hurts the one who handed it over."""

import threading
import time

import pytest

from voxanne.courier import Courier


@pytest.fixture
def _in_background(settings):
    settings.SEND_IN_BACKGROUND = True


def wait_for(condition, timeout_s=5.0):
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


@pytest.mark.usefixtures("_in_background")
def test_what_comes_together_leaves_together_by_another_thread():
    batches = []
    courier = Courier(lambda items: batches.append((threading.get_ident(), list(items))), name="t")

    for number in range(50):
        courier.hand_over(number)
    wait_for(lambda: sum(len(items) for _, items in batches) == 50)

    assert [item for _, items in batches for item in items] == list(range(50))
    assert len(batches) < 10
    assert threading.get_ident() not in {thread for thread, _ in batches}


@pytest.mark.usefixtures("_in_background")
def test_a_receiver_that_hangs_keeps_nobody_waiting_and_one_that_fails_is_tried_with_the_next():
    gate, got = threading.Event(), []

    def deliver(items):
        gate.wait(5)
        got.extend(items)
        if "first" in items:
            raise RuntimeError("away")

    courier = Courier(deliver, name="t")
    started = time.monotonic()
    courier.hand_over("first")
    time.sleep(0.1)
    courier.hand_over("second")
    assert time.monotonic() - started < 4
    gate.set()

    wait_for(lambda: got == ["first", "second"])


@pytest.mark.usefixtures("_in_background")
def test_more_than_a_bound_is_dropped(monkeypatch):
    monkeypatch.setattr("voxanne.courier.MOST_WAITING", 3)
    gate, got = threading.Event(), []
    courier = Courier(lambda items: (gate.wait(5), got.extend(items)), name="t")

    courier.hand_over(0)
    time.sleep(0.1)  # it is being delivered, and hangs
    for number in range(1, 10):
        courier.hand_over(number)
    gate.set()

    wait_for(lambda: got == [0, 1, 2, 3])


def test_elsewhere_it_is_delivered_at_once_and_a_failure_is_swallowed(settings):
    settings.SEND_IN_BACKGROUND = False
    got = []
    Courier(got.extend, name="t").hand_over(1)
    assert got == [1]

    Courier(lambda items: 1 / 0, name="t").hand_over(1)
