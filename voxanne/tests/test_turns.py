"""A burst is worked off a few at a time, and what is slow keeps nobody waiting."""

import threading
import time

import pytest
from django.test import Client

from voxanne import turns
from voxanne.turns import Turns

WEBHOOK = "/api/vapi/webhook"


def test_only_so_many_are_inside_at_once_and_all_get_their_turn():
    three, lock = Turns(at_once=3), threading.Lock()
    inside, most, had = 0, 0, 0

    def answer():
        nonlocal inside, most, had
        with three.taken(patience_s=30.0) as turn:
            with lock:
                inside, had = inside + 1, had + turn.is_had
                most = max(most, inside)
            time.sleep(0.002)
            with lock:
                inside -= 1

    threads = [threading.Thread(target=answer) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (most, had) == (3, 20)


def test_nobody_waits_longer_than_their_patience():
    one = Turns(at_once=1)

    with one.taken() as first:
        started = time.monotonic()
        with one.taken(patience_s=0.05) as second:
            assert 0.04 < time.monotonic() - started < 5
            assert (first.is_had, second.is_had) == (True, False)


def test_a_turn_that_is_given_back_is_the_nexts_and_twice_is_once():
    one = Turns(at_once=1)

    with one.taken() as first:
        first.give_back()
        first.give_back()
        with one.taken(patience_s=0.01) as second, one.taken(patience_s=0.01) as third:
            assert (second.is_had, third.is_had) == (True, False)


def test_a_turn_comes_back_when_what_was_done_in_it_broke():
    one = Turns(at_once=1)

    with pytest.raises(ZeroDivisionError), one.taken():
        raise ZeroDivisionError

    with one.taken(patience_s=0.01) as next_one:
        assert next_one.is_had


@pytest.fixture
def only_turn(monkeypatch):
    one = Turns(at_once=1)
    monkeypatch.setattr(turns, "ringing", one)
    return one


def is_free(one):
    with one.taken(patience_s=0.01) as turn:
        return turn.is_had


@pytest.mark.parametrize(("kind", "keeps"), [("assistant-request", True), ("tool-calls", False), ("transcript", False)])
def test_only_who_asks_who_answers_keeps_the_turn(only_turn, monkeypatch, kind, keeps):
    seen = []

    def admit(*_):
        seen.append(not is_free(only_turn))
        raise ZeroDivisionError

    monkeypatch.setattr("calls.api.webhooks.admit", admit)
    body = {"message": {"type": kind, "call": {"id": "c1"}}}
    Client(raise_request_exception=False).post(WEBHOOK, body, content_type="application/json")

    assert seen == [keeps]
    assert is_free(only_turn)


def test_other_addresses_take_no_turn(only_turn, monkeypatch):
    seen = []
    monkeypatch.setattr("calls.api.webhooks.read_message", lambda _: seen.append(is_free(only_turn)) or 1 / 0)

    Client(raise_request_exception=False).post(
        "/api/vapi/tools/bookClinicAppointment", {}, content_type="application/json"
    )

    assert seen == [True]
