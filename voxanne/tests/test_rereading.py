"""What a cache is about to forget is read again before it ends, by a thread of its own, once nobody waits."""

import threading
import time

import pytest

from orgs.directory import Directory
from voxanne.expiring_cache import ExpiringCache
from voxanne.rereading import reread_later
from voxanne.waiting import callers


@pytest.fixture
def _in_background(settings):
    settings.SEND_IN_BACKGROUND = True


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


def cache_that_ages(**how):
    clock, told = Clock(), []
    cache = ExpiringCache(name="test", ttl_s=30, max_entries=10, clock=clock, reread=told.append, **how)
    return cache, clock, told


def test_an_entry_is_asked_to_be_read_again_once_after_a_quarter_of_its_time():
    cache, clock, told = cache_that_ages()
    cache.put("key", "old", epoch=cache.epoch())
    clock.now += 7.4
    assert cache.find("key") == "old"
    assert told == []

    clock.now += 0.1
    assert [cache.find("key") for _ in range(3)] == ["old"] * 3
    assert told == ["key"]


def test_what_was_read_again_lives_for_its_whole_time_and_ages_again():
    cache, clock, told = cache_that_ages()
    cache.put("key", "old", epoch=cache.epoch())
    clock.now += 20
    cache.find("key")
    cache.put("key", "new", epoch=cache.epoch())

    clock.now += 29
    assert cache.find("key") == "new"
    assert told == ["key", "key"]


def test_what_nobody_read_again_ends_all_the_same():
    cache, clock, told = cache_that_ages()
    cache.put("key", "old", epoch=cache.epoch())
    clock.now += 29.9
    assert cache.find("key") == "old"
    clock.now += 0.1
    assert cache.find("key") is None
    assert told == ["key"]


@pytest.mark.usefixtures("_in_background")
def test_it_is_read_by_another_thread_and_only_when_nobody_waits():
    read, done = [], threading.Event()

    def load(key):
        read.append((key, threading.get_ident()))
        done.set()

    with callers.one_more():
        reread_later(load, "key")
        assert not done.wait(0.3)
    assert done.wait(5)
    assert [key for key, _ in read] == ["key"]
    assert read[0][1] != threading.get_ident()


@pytest.mark.usefixtures("_in_background")
def test_one_that_cannot_be_read_keeps_no_other_from_it():
    read, done = [], threading.Event()

    def load(key):
        read.append(key)
        if key == "broken":
            raise RuntimeError("away")
        done.set()

    reread_later(load, "broken")
    reread_later(load, "whole")
    assert done.wait(5)
    assert read == ["broken", "whole"]


def test_where_no_thread_runs_an_entry_simply_ends():
    read = []
    reread_later(read.append, "key")
    time.sleep(0.1)
    assert read == []


@pytest.mark.django_db
def test_a_directory_reads_who_has_a_number_now_and_forgets_it_when_nobody_has(north, south, monkeypatch):
    told = []
    monkeypatch.setattr("orgs.directory.reread_later", lambda load, key: told.append((load, key)))
    directory = Directory(function="org_of_phone_number", form=r"\+\d+", name="test", max_entries=10)
    clock = Clock()
    directory.cache._clock = clock
    directory.cache.put("+442079460123", south.pk, epoch=directory.cache.epoch())
    clock.now += 20
    assert directory.find_org("+442079460123") == south.pk

    ((load, key),) = told
    load(key)  # in the database this number is nobody's
    assert directory.cache.find("+442079460123") is None
