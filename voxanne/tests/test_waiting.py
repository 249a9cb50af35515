"""Whoever waits on the line comes before what can be done later."""

import threading
import time

from voxanne.waiting import Waiting


def give_way_beside(waiting, done, **how):
    def run():
        done.append(waiting.give_way(**how))

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_nobody_is_let_go_first_where_nobody_waits():
    assert Waiting().give_way(quiet_s=0.0, at_most_s=5.0) < 0.5


def test_what_can_wait_waits_until_everybody_was_answered():
    waiting, done = Waiting(), []
    with waiting.one_more():
        with waiting.one_more():
            thread = give_way_beside(waiting, done, quiet_s=0.0, at_most_s=10.0)
            time.sleep(0.03)
        time.sleep(0.03)
        assert not done
    thread.join(5)
    assert 0.05 < done[0] < 5


def test_a_moment_of_quiet_must_have_passed():
    waiting = Waiting()
    with waiting.one_more():
        pass
    assert waiting.give_way(quiet_s=0.05, at_most_s=5.0) >= 0.04


def test_patience_ends():
    waiting = Waiting()
    with waiting.one_more():
        assert 0.05 <= waiting.give_way(quiet_s=0.0, at_most_s=0.05) < 2


def test_somebody_whose_answer_failed_waits_no_more():
    waiting = Waiting()
    try:
        with waiting.one_more():
            raise RuntimeError
    except RuntimeError:
        pass
    assert waiting.give_way(quiet_s=0.0, at_most_s=5.0) < 0.5
