"""One sandbox for the whole run, emptied before each test; one clinic backend a test."""

from collections.abc import Iterator

import pytest

from sandbox.tests.client import SandboxClient
from sandbox.tests.clinic import Clinic, ClinicServer
from sandbox.tests.receiver import Receiver, ReceiverServer
from sandbox.tests.server import SandboxServer


@pytest.fixture(scope="session")
def sandbox_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running sandbox."""
    server = SandboxServer(tmp_path_factory.mktemp("sandbox"))
    yield server.base_url
    server.close()


@pytest.fixture
def sandbox(sandbox_url: str) -> Iterator[SandboxClient]:
    """A client of an empty sandbox."""
    client = SandboxClient(sandbox_url)
    client.http.post("/sandbox/reset").raise_for_status()
    yield client
    client.http.close()


@pytest.fixture
def clinic() -> Iterator[Clinic]:
    """A backend that answers webhooks."""
    clinic = Clinic()
    server = ClinicServer(clinic)
    yield clinic
    server.close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """An address that takes any webhook."""
    receiver = Receiver()
    server = ReceiverServer(receiver)
    yield receiver
    server.close()
