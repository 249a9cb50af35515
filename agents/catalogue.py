"""Tools and structured outputs: registered once for the platform, linked to every assistant."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import structlog

from agents.hashing import definition_hash
from agents.models import RegistrationKind
from agents.payload import tool_definition
from agents.registrations import Wanted, ensure_all, ensure_registered, find_earlier, is_refusal
from agents.structured_outputs import STRUCTURED_OUTPUTS, definition_of
from agents.tool_registry import ToolSpec
from providers.vapi.client import JsonObject, VapiClient
from voxanne.errors import ProviderError, Unauthorized

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class RegisteredTools:
    """What became of the tools.

    Attributes:
        links: id at Vapi and definition hash by name. A refused tool stands here as it was before, if it was.
        refused: names of the tools whose present definition Vapi did not take.
    """

    links: dict[str, tuple[str, str]]
    refused: list[str]


def ensure_tools(client: VapiClient, specs: Sequence[ToolSpec], *, credential_id: str) -> RegisteredTools:
    """Have every tool registered. One that Vapi refuses does not keep the others from their place.

    Raises:
        ProviderError: Vapi cannot be reached, or does not accept the key.
    """
    wanted = [_wanted_tool(client, spec, credential_id) for spec in specs]
    try:
        ids = ensure_all(wanted)
    except ProviderError as error:
        if not is_refusal(error) or isinstance(error, Unauthorized):
            raise
    else:
        return RegisteredTools({item.name: (vapi_id, item.hash) for item, vapi_id in zip(wanted, ids, strict=True)}, [])
    links: dict[str, tuple[str, str]] = {}
    refused = []
    for item in wanted:
        vapi_id = _ensure_unless_refused(item)
        if not vapi_id:
            refused.append(item.name)
            vapi_id = find_earlier(item)
        if vapi_id:
            links[item.name] = (vapi_id, item.hash)
    return RegisteredTools(links, refused)


def ensure_structured_outputs(client: VapiClient) -> list[str]:
    """Have every structured output registered; their ids."""
    return ensure_all([_wanted_output(client, name) for name in STRUCTURED_OUTPUTS])


def _ensure_unless_refused(wanted: Wanted) -> str:
    try:
        return ensure_registered(wanted)
    except ProviderError as error:
        if not is_refusal(error) or isinstance(error, Unauthorized):
            raise
        log.warning("tool.refused", tool=wanted.name, error=str(error))
        return ""


def _wanted_tool(client: VapiClient, spec: ToolSpec, credential_id: str) -> Wanted:
    body = tool_definition(spec)
    body["server"] = {**body["server"], "credentialId": credential_id}

    def register() -> str:
        return _find_same(client.iter_tools(), body) or str(client.create_tool(body)["id"])

    return Wanted(RegistrationKind.TOOL, spec.name, definition_hash(body), body, register, client.account)


def _wanted_output(client: VapiClient, name: str) -> Wanted:
    body = definition_of(name)

    def register() -> str:
        found = _find_same(client.iter_structured_outputs(), body)
        return found or str(client.create_structured_output(body)["id"])

    return Wanted(RegistrationKind.STRUCTURED_OUTPUT, name, definition_hash(body), body, register, client.account)


def _find_same(existing: Iterable[JsonObject], body: JsonObject) -> str | None:
    """The id of a registration that an earlier attempt made and could not record, or None."""
    return next((item["id"] for item in existing if all(item.get(key) == value for key, value in body.items())), None)
