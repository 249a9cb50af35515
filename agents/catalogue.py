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
class Registered:
    """What became of several registrations.

    Attributes:
        links: id at Vapi and definition hash by name. A refused one stands here as it was before, if it was.
        refused: names of those whose present definition Vapi did not take.
    """

    links: dict[str, tuple[str, str]]
    refused: list[str]

    @property
    def ids(self) -> list[str]:
        """The ids at Vapi, in the order in which they were asked for."""
        return [vapi_id for vapi_id, _ in self.links.values()]


def ensure_tools(client: VapiClient, specs: Sequence[ToolSpec], *, credential_id: str) -> Registered:
    """Have every tool registered. One that Vapi refuses does not keep the others from their place.

    Raises:
        ProviderError: Vapi cannot be reached, or does not accept the key.
    """
    return _ensure([_wanted_tool(client, spec, credential_id) for spec in specs])


def ensure_structured_outputs(client: VapiClient) -> Registered:
    """The same for structured outputs."""
    return _ensure([_wanted_output(client, name) for name in STRUCTURED_OUTPUTS])


def _ensure(wanted: list[Wanted]) -> Registered:
    try:
        ids = ensure_all(wanted)
    except ProviderError as error:
        _raise_unless_refused(error)
        return _ensure_each(wanted)
    return Registered({item.name: (vapi_id, item.hash) for item, vapi_id in zip(wanted, ids, strict=True)}, [])


def _ensure_each(wanted: list[Wanted]) -> Registered:
    links: dict[str, tuple[str, str]] = {}
    refused = []
    for item in wanted:
        try:
            vapi_id = ensure_registered(item)
        except ProviderError as error:
            _raise_unless_refused(error)
            log.warning("registration.refused", kind=item.kind.value, name=item.name, error=str(error))
            refused.append(item.name)
            vapi_id = find_earlier(item)
        if vapi_id:
            links[item.name] = (vapi_id, item.hash)
    return Registered(links, refused)


def _raise_unless_refused(error: ProviderError) -> None:
    if not is_refusal(error) or isinstance(error, Unauthorized):
        raise error


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
