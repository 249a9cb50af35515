"""Write `published.json` from the types of Vapi's own client: `python -m sandbox.vapi.schema.derive`.

To be run where `vapi_server_sdk` is installed, when its version changes; the sandbox itself only reads the file.
It takes half a minute: that client has 2,250 modules.
"""

import importlib
import json
import sys
import types
import typing
from importlib.metadata import version
from pathlib import Path
from typing import Any

DISTRIBUTION = "vapi_server_sdk"
TARGET = Path(__file__).with_name("published.json")
ROOTS = {
    "assistant": "CreateAssistantDto",
    "assistantOverrides": "AssistantOverrides",
    "customer": "CreateCustomerDto",
    "structured-output": "CreateStructuredOutputDto",
    "tool.apiRequest": "CreateApiRequestToolDto",
    "tool.dtmf": "CreateDtmfToolDto",
    "tool.endCall": "CreateEndCallToolDto",
    "tool.function": "CreateFunctionToolDto",
    "tool.sms": "CreateSmsToolDto",
    "tool.transferCall": "CreateTransferCallToolDto",
    "tool.voicemail": "CreateVoicemailToolDto",
    "phone-number.twilio": "CreateTwilioPhoneNumberDto",
    "phone-number.vapi": "CreateVapiPhoneNumberDto",
    "credential.custom-credential": "CreateCustomCredentialDto",
    "credential.twilio": "CreateTwilioCredentialDto",
    "credential.11labs": "CreateElevenLabsCredentialDto",
}
UNREAD = frozenset({"credentials", "squad", "workflow"})
"""Properties that are not looked into: dozens of shapes that nobody here uses."""

Node = dict[str, Any] | str


class Deriver:
    """Walks the client's types and collects every object type once."""

    def __init__(self) -> None:
        self.types: dict[str, Node] = {}

    def object_type(self, model: Any) -> Node:
        """Return a reference to an object type, describing it on its first appearance."""
        name = model.__name__
        if name not in self.types:
            self.types[name] = {}
            fields = {field.alias or own: field for own, field in model.model_fields.items()}
            described: dict[str, Any] = {
                "properties": {
                    alias: "any" if alias in UNREAD else self.node(field.annotation, field.metadata)
                    for alias, field in fields.items()
                }
            }
            if required := sorted(alias for alias, field in fields.items() if field.is_required()):
                described["required"] = required
            self.types[name] = described
        return {"type": name}

    def node(self, annotation: Any, metadata: typing.Iterable[Any] = ()) -> Node:
        """Describe what a value of this annotation may be."""
        origin, inside = typing.get_origin(annotation), typing.get_args(annotation)
        if origin is typing.Annotated:
            return self.node(inside[0], [*metadata, *inside[1:]])
        if origin in {typing.Union, types.UnionType}:
            return self._union(inside, metadata)
        if origin is typing.Literal:
            return {"enum": sorted(map(str, inside))}
        if origin in {list, typing.Sequence}:
            return {"list": self.node(inside[0])}
        if isinstance(annotation, type) and hasattr(annotation, "model_fields"):
            return self.object_type(annotation)
        return _plain(annotation, origin)

    def _union(self, members: tuple[Any, ...], metadata: typing.Iterable[Any]) -> Node:
        given = [item for item in members if item is not type(None)]
        if str in given:
            given = [item for item in given if typing.get_origin(item) is not typing.Literal]
        # The client lets every enumeration hold anything, for values that it does not know yet; the API does not.
        closed = [item for item in given if item is not Any]
        if len(closed) == 1:
            return self.node(closed[0], metadata)
        nodes = [self.node(item) for item in closed] or ["any"]
        unique = [item for index, item in enumerate(nodes) if item not in nodes[:index]]
        if len(unique) == 1:
            return unique[0]
        discriminants = [item.discriminant for item in metadata if hasattr(item, "discriminant")]
        return {"anyOf": unique, **({"by": discriminants[0]} if discriminants else {})}


def _plain(annotation: Any, origin: Any) -> Node:
    if origin is dict or annotation is dict:
        return "object"
    known = {str: "text", bool: "flag", float: "number", int: "number"}
    return known.get(annotation, "text" if getattr(annotation, "__name__", "") in {"datetime", "date"} else "any")


def without_doubles(described: dict[str, Node], roots: dict[str, Node]) -> tuple[dict[str, Node], dict[str, Node]]:
    """Give types that are the same one name, until there are none left."""
    while True:
        seen: dict[str, str] = {}
        renamed: dict[str, str] = {}
        for name, body in described.items():
            key = json.dumps(body, sort_keys=True)
            renamed[name] = seen.setdefault(key, name)
        if all(old == new for old, new in renamed.items()):
            return described, roots
        kept = {name: body for name, body in described.items() if renamed[name] == name}
        described = {name: _renamed(body, renamed) for name, body in kept.items()}
        roots = {name: _renamed(body, renamed) for name, body in roots.items()}


def _renamed(node: Any, names: dict[str, str]) -> Any:
    if isinstance(node, list):
        return [_renamed(item, names) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: names.get(value, value) if key == "type" and isinstance(value, str) else _renamed(value, names)
        for key, value in node.items()
    }


def main() -> None:
    """Derive everything and write it down, one type a line."""
    sys.setrecursionlimit(10_000)
    deriver, client = Deriver(), importlib.import_module("vapi.types")
    roots = {path: deriver.object_type(getattr(client, name)) for path, name in ROOTS.items()}
    described, roots = without_doubles(deriver.types, roots)
    lines = ",\n".join(f'  "{name}": {json.dumps(body, sort_keys=True)}' for name, body in sorted(described.items()))
    head = json.dumps({"source": f"{DISTRIBUTION} {version(DISTRIBUTION)}", "roots": roots}, sort_keys=True)
    TARGET.write_text(f'{head[:-1]},\n "types": {{\n{lines}\n }}}}\n')


if __name__ == "__main__":
    main()
