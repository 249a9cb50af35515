"""Placing calls in the sandbox."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings

from voxanne.http import ProviderClient


@dataclass(frozen=True)
class Scenario:
    """A kind of call that can be played; whether it is told of a patient with an appointment."""

    key: str
    title: str
    description: str
    caller_has_visit: bool


@dataclass(frozen=True)
class PlacedCall:
    """A call that the sandbox has begun to play."""

    call_id: str
    scenario: str


class SimulatorClient(ProviderClient):
    """The sandbox's own control API."""

    provider = "simulator"

    def list_scenarios(self) -> list[Scenario]:
        """All scenarios, in the order of the sandbox's page."""
        answer: list[dict[str, Any]] = self.request("GET", "/sandbox/scenarios", operation="list_scenarios")
        return [
            Scenario(item["key"], item["title"], item["description"], caller_has_visit=item["callerHasVisit"])
            for item in answer
        ]

    def place_call(
        self,
        *,
        scenario: str,
        fast: bool,
        assistant_id: str = "",
        phone_number_id: str = "",
        customer: dict[str, str] | None = None,
    ) -> PlacedCall:
        """Have a simulated caller ring an assistant, or dial a number; answers as soon as the call has begun."""
        whom = {"phoneNumberId": phone_number_id} if phone_number_id else {"assistantId": assistant_id}
        body: dict[str, Any] = {**whom, "scenario": scenario, "fast": fast}
        if customer:
            body["customer"] = customer
        answer = self.request("POST", "/sandbox/calls", operation="place_call", json=body)
        return PlacedCall(call_id=answer["callId"], scenario=answer["scenario"])

    def rehearse(self, *, assistant: dict[str, Any], scenario: str, seed: int, facts: dict[str, Any]) -> dict[str, Any]:
        """Have a scripted caller talk to an assistant that is saved nowhere; answers with what was said and done."""
        body = {"assistant": assistant, "scenario": scenario, "seed": seed, "facts": facts}
        answer: dict[str, Any] = self.request("POST", "/sandbox/rehearsals", operation="rehearse", json=body)
        return answer

    def get_call(self, call_id: str) -> dict[str, Any]:
        """How a placed call goes: `status` and its deliveries."""
        answer: dict[str, Any] = self.request("GET", f"/sandbox/calls/{call_id}", operation="get_call")
        return answer


def simulator() -> SimulatorClient:
    """The client of this deployment's sandbox."""
    return SimulatorClient(base_url=settings.SANDBOX_URL, headers={}, timeout_s=5.0, retry_delays_s=())


def rehearsal_room() -> SimulatorClient:
    """The client of the simulator in which this deployment rehearses its agents. Its providers may be real."""
    return SimulatorClient(base_url=settings.REHEARSAL_URL, headers={}, timeout_s=10.0, retry_delays_s=())
