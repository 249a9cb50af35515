"""Lines that pass their calls on: the networks between a caller and Twilio."""

import httpx
import pytest

from sandbox.tests.client import SandboxClient

LINE = "+442079460123"
AGENT = "+442079460500"


def _dial(sandbox: SandboxClient, code: str) -> httpx.Response:
    return httpx.post(f"{sandbox.base_url}/sandbox/lines/{LINE.lstrip('+')}/dial", json={"code": code}, trust_env=False)


@pytest.mark.parametrize(
    ("code", "passes_on"),
    [
        (f"**21*{AGENT}#", {"all": AGENT}),
        (f"*21*{AGENT}#", {"all": AGENT}),
        (f"**61*{AGENT}*11*20#", {"no-answer": AGENT}),
        (f"**61*{AGENT}**20#", {"no-answer": AGENT}),
        (f"*004*{AGENT}*11*20#", {"no-answer": AGENT, "busy": AGENT}),
        (f"**67*{AGENT}#", {"busy": AGENT}),
        ("*72 207 946 0500", {"all": "2079460500"}),
        ("*712079460500", {"no-answer": "2079460500", "busy": "2079460500"}),
    ],
)
def test_a_code_is_taken_as_networks_take_it(sandbox: SandboxClient, code: str, passes_on: dict[str, str]) -> None:
    assert _dial(sandbox, code).json()["passes_on"] == passes_on


def test_codes_add_up_and_are_taken_back(sandbox: SandboxClient) -> None:
    for code in (f"**21*{AGENT}#", f"**61*{AGENT}*11*20#", "##21#"):
        assert _dial(sandbox, code).status_code == 200
    assert _dial(sandbox, "*#61#").json()["passes_on"] == {"no-answer": AGENT}

    assert _dial(sandbox, "##004#").json()["passes_on"] == {}


@pytest.mark.parametrize("code", ["", "12345", "**21*#", f"**21*{AGENT}", "**99*123456789#"])
def test_what_no_network_takes_is_refused(sandbox: SandboxClient, code: str) -> None:
    assert _dial(sandbox, code).status_code == 422
