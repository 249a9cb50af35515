"""What a clinic's set-up and its calls send to Vapi fits the types that Vapi publishes with its own client.

Their models take seconds to build, so one test looks at everything.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from calls.tests.outbound.conftest import CallingClinic
from tests.official_vapi import official_vapi

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.django_db(transaction=True),
]

BODIES = {
    "POST /assistant": "CreateAssistantDto",
    "PATCH /assistant/{id}": "CreateAssistantDto",
    "POST /tool": "CreateFunctionToolDto",
    "POST /structured-output": "CreateStructuredOutputDto",
    "POST /credential": "CreateCustomCredentialDto",
    "POST /phone-number": "CreateTwilioPhoneNumberDto",
}
DISCRIMINANTS = {"type", "provider"}
"""They choose the type, so that the type itself does not have them."""


def strangers(value: Any, path: str = "") -> Iterator[str]:
    """Properties of a parsed value that its type does not know."""
    yield from (f"{path}.{name}" for name in getattr(value, "model_extra", None) or {})
    fields = {name: getattr(value, name) for name in getattr(type(value), "model_fields", {})}
    inside = {str(index): item for index, item in enumerate(value)} if isinstance(value, list) else fields
    for name, item in inside.items():
        yield from strangers(item, f"{path}.{name}")


def as_published(body: dict[str, Any]) -> dict[str, Any]:
    """A body without its back-off plan: published as objects where Vapi takes words and numbers."""
    server = {name: value for name, value in (body.get("server") or {}).items() if name != "backoffPlan"}
    return {**body, **({"server": server} if server else {})}


@pytest.fixture(scope="module")
def published() -> Callable[[str], Any]:
    """`published("CreateAssistantDto")`, imported as late as possible."""
    return lambda name: getattr(official_vapi().types, name)


def test_every_body_that_vapi_gets_is_one_that_it_publishes(
    clinic: CallingClinic, published: Callable[[str], Any]
) -> None:
    clinic.call()

    received = clinic.sandbox.requests_to_vapi()
    seen = set()
    for request in received:
        name = BODIES.get(request["operation"])
        if name is None or (request["body"].get("provider") == "twilio" and name == "CreateCustomCredentialDto"):
            continue
        seen.add(request["operation"])
        parsed = published(name).model_validate(as_published(request["body"]))
        top = {f".{item}" for item in DISCRIMINANTS}
        assert set(strangers(parsed)) <= top, request["operation"]
    (placed,) = [item for item in received if item["operation"] == "POST /call"]
    overrides = published("AssistantOverrides").model_validate(placed["body"]["assistantOverrides"])
    customer = published("CreateCustomerDto").model_validate(placed["body"]["customer"])
    assert [*strangers(overrides), *strangers(customer)] == []
    assert set(placed["body"]) <= {"assistantId", "phoneNumberId", "customer", "assistantOverrides", "name"}
    assert seen >= set(BODIES) - {"PATCH /assistant/{id}"}
