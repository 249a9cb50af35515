import socket
from collections.abc import Iterator
from dataclasses import replace

import pytest

from voxanne.embedded.console import SetUpFailed
from voxanne.embedded.ports import Ports, free_port, is_free, plan_ports, require_free


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def _free() -> Ports:
    return Ports(*(free_port() for _ in range(5)))


def test_the_ports_follow_the_base():
    ports = plan_ports(8600)

    assert (ports.web, ports.live, ports.admin, ports.sandbox) == (8600, 8601, 8602, 8603)


def test_redis_moves_away_from_a_taken_port(taken: int):
    assert plan_ports(taken - 4).redis != taken


def test_a_port_where_something_listens_is_not_free(taken: int):
    assert not is_free(taken)


def test_a_taken_port_is_named_with_what_to_type(taken: int):
    with pytest.raises(SetUpFailed, match=rf"{taken} \(live\)[\s\S]*bin/up --port \d+"):
        require_free(replace(_free(), live=taken), unused=frozenset())


def test_a_port_that_is_not_needed_may_be_taken(taken: int):
    require_free(replace(_free(), sandbox=taken), unused=frozenset({"sandbox"}))
