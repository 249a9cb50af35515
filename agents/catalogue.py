"""Tools and structured outputs: registered once for the platform, linked to every assistant."""

from collections.abc import Iterable

from agents.hashing import definition_hash
from agents.models import RegistrationKind
from agents.payload import tool_definition
from agents.registrations import Wanted, ensure_registered
from agents.structured_outputs import STRUCTURED_OUTPUTS, definition_of
from agents.tool_registry import ToolSpec
from providers.vapi.client import JsonObject, VapiClient


def ensure_tools(client: VapiClient, specs: Iterable[ToolSpec], *, credential_id: str) -> dict[str, tuple[str, str]]:
    """Have every tool registered; its id at Vapi and definition hash by name."""
    return {spec.name: _ensure_tool(client, spec, credential_id) for spec in specs}


def ensure_structured_outputs(client: VapiClient) -> list[str]:
    """Have every structured output registered; their ids."""
    return [_ensure_output(client, name) for name in STRUCTURED_OUTPUTS]


def _ensure_tool(client: VapiClient, spec: ToolSpec, credential_id: str) -> tuple[str, str]:
    body = tool_definition(spec)
    body["server"] = {**body["server"], "credentialId": credential_id}
    digest = definition_hash(body)

    def register() -> str:
        return _find_same(client.iter_tools(), body) or str(client.create_tool(body)["id"])

    wanted = Wanted(RegistrationKind.TOOL, spec.name, digest, body, register, client.account)
    return ensure_registered(wanted), digest


def _ensure_output(client: VapiClient, name: str) -> str:
    body = definition_of(name)

    def register() -> str:
        found = _find_same(client.iter_structured_outputs(), body)
        return found or str(client.create_structured_output(body)["id"])

    digest = definition_hash(body)
    return ensure_registered(Wanted(RegistrationKind.STRUCTURED_OUTPUT, name, digest, body, register, client.account))


def _find_same(existing: Iterable[JsonObject], body: JsonObject) -> str | None:
    """The id of a registration that an earlier attempt made and could not record, or None."""
    return next((item["id"] for item in existing if all(item.get(key) == value for key, value in body.items())), None)
