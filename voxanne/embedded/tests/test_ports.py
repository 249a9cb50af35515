import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from voxanne.embedded.console import SetUpFailed
from voxanne.embedded.ports import Ports, free_base, free_port, is_free, plan_ports, require_free


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


def test_a_free_port_is_kept_from_whoever_takes_any_port_and_can_be_listened_on():
    port = free_port()

    with socket.socket() as anybody, pytest.raises(OSError, match="in use"):
        anybody.bind(("127.0.0.1", port))
    with socket.create_server(("127.0.0.1", port)) as server:
        assert server.getsockname()[1] == port


def test_a_run_of_ports_passes_over_what_is_taken():
    base = free_base()

    with socket.create_server(("127.0.0.1", base + 3)):
        other = free_base()

    assert other not in range(base - 4, base + 5)
    assert all(is_free(other + step) for step in range(5))


def test_a_run_of_ports_is_never_one_that_connections_are_given():
    lowest = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])

    assert free_base() + 5 <= lowest
