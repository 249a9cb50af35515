"""Pytest fixtures that run the provider sandbox as a real process, for any room's tests.

Import them in the `conftest.py` beside the tests; no plugin registration is needed:

    from providers.testing import running_sandbox, vapi_sandbox  # noqa: F401 - fixtures

Then `def test_something(vapi_sandbox)` finds settings that point at it, no data and no fault.

`running_sandbox` starts one process a test session; `vapi_sandbox` empties it before each test; `provider_sandbox`
moreover moves all other providers there.
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from voxanne.embedded.environment import local_provider_addresses
from voxanne.embedded.ports import free_port
from voxanne.errors import ProviderError, RateLimited, Unavailable
from voxanne.outages import outages

# Faults with what every client makes of them.
TROUBLE: tuple[tuple[dict[str, Any], type[ProviderError]], ...] = (
    ({"status": 429}, RateLimited),
    ({"status": 500}, Unavailable),
    ({"status": 503}, Unavailable),
    ({"drop_rate": 1}, Unavailable),
)

ROOT = Path(__file__).resolve().parents[1]
START_TIMEOUT_S = 120.0


@dataclass(frozen=True)
class SandboxProcess:
    """A running sandbox and its control API."""

    base_url: str
    vapi_key: str = "sandbox-test-key"

    @property
    def vapi_url(self) -> str:
        return f"{self.base_url}/vapi"

    def control(self, method: str, path: str, json: Any = None) -> Any:
        """One request to `/sandbox/…`; the decoded answer."""
        response = requests.request(method, f"{self.base_url}/sandbox{path}", json=json, timeout=10)
        response.raise_for_status()
        return response.json() if response.content else None

    def vapi(self, method: str, path: str, json: Any = None) -> Any:
        """One request to the simulated Vapi, as the platform's account."""
        headers = {"Authorization": f"Bearer {self.vapi_key}"}
        response = requests.request(method, f"{self.vapi_url}{path}", json=json, headers=headers, timeout=10)
        response.raise_for_status()
        return response.json() if response.content else None

    def reset(self) -> None:
        """Forget everything, and be well again; nor does anybody know of its earlier outages."""
        self.control("POST", "/reset")
        outages.forget()

    def spoil(self, *, provider: str = "vapi", **fault: Any) -> None:
        """Make a provider, or one `operation` of it, misbehave: the settings stand in sandbox/README.md."""
        self.control("PUT", f"/faults/{provider}", fault)

    def heal(self, *, provider: str = "vapi") -> None:
        self.control("DELETE", f"/faults/{provider}")

    def requests_to_vapi(self, method: str = "", path: str = "") -> list[dict[str, Any]]:
        """What Vapi received, in order; `path` is a prefix such as `/assistant`."""
        return self.requests_to("vapi", method, path)

    def requests_to(self, provider: str, method: str = "", path: str = "") -> list[dict[str, Any]]:
        """What a provider received, in order; `path` is a prefix of what follows the provider's own."""
        received: list[dict[str, Any]] = self.control("GET", "/ledger")["requests"]
        return [
            item
            for item in received
            if item["provider"] == provider
            and item["method"] == (method or item["method"])
            and item["path"].startswith(f"/{provider}{path}")
        ]


@pytest.fixture(scope="session")
def running_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    """One sandbox process for the session, on a free port."""
    data, port = tmp_path_factory.mktemp("sandbox"), free_port()
    with (data / "sandbox.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "sandbox", "--port", str(port), "--data", str(data)],
            cwd=ROOT, stdout=log, stderr=log,
        )  # fmt: skip
        try:
            sandbox = SandboxProcess(f"http://127.0.0.1:{port}")
            _wait_until_up(sandbox, process, data / "sandbox.log")
            yield sandbox
        finally:
            process.terminate()
            process.wait(10)


@pytest.fixture
def vapi_sandbox(running_sandbox: SandboxProcess, settings: Any) -> SandboxProcess:
    """The sandbox, empty and well, with the settings pointing at it."""
    running_sandbox.reset()
    settings.VAPI_BASE_URL = running_sandbox.vapi_url
    settings.VAPI_PRIVATE_KEY = running_sandbox.vapi_key
    settings.SANDBOX_URL = settings.REHEARSAL_URL = running_sandbox.base_url
    settings.SANDBOX = True
    return running_sandbox


@pytest.fixture
def provider_sandbox(vapi_sandbox: SandboxProcess, settings: Any) -> SandboxProcess:
    """The same, with every provider's settings pointing at it."""
    for name, address in local_provider_addresses(vapi_sandbox.base_url).items():
        setattr(settings, name, address)
    settings.GOOGLE_CLIENT_ID, settings.GOOGLE_CLIENT_SECRET = "tests.apps.googleusercontent.com", "GOCSPX-tests"
    settings.MICROSOFT_CLIENT_ID = "11111111-2222-4333-8444-555555555555"
    settings.MICROSOFT_CLIENT_SECRET = "tests-secret"  # noqa: S105 - the sandbox takes any
    return vapi_sandbox


def _wait_until_up(sandbox: SandboxProcess, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while True:
        try:
            sandbox.control("GET", "/health")
        except requests.RequestException as error:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the sandbox did not start:\n{log.read_text()}") from error
            time.sleep(0.05)
        else:
            return
