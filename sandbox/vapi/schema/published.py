"""Vapi's published schema as checks for request bodies.

`published.json` holds what the types of Vapi's own client say (see `derive.py`): properties, what is required, values
to choose from, what stands inside what. Limits are not in those types; `limits.py` adds them.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from sandbox.json_types import JsonObject, JsonValue
from sandbox.vapi.schema.limits import BY_PROPERTY, BY_TYPE, DIALLED, MODEL, dialled_number
from sandbox.vapi.shapes import Check, Shape, anything, flag, list_of, number, one_of, text

SOURCE = Path(__file__).with_name("published.json")
PLAIN: Mapping[str, Check] = {"any": anything, "text": text(), "flag": flag, "number": number()}


@cache
def published() -> JsonObject:
    """Return the file: `roots` by path, `types` by name, and the `source` that it was derived from."""
    content: JsonObject = json.loads(SOURCE.read_text())
    return content


@cache
def shape_of(type_name: str) -> Shape:
    """Return the shape of an object type."""
    described = published()["types"][type_name]
    own = dict(BY_TYPE.get(type_name, {}))
    if {"toolIds", "model"} <= set(described["properties"]):
        own = {**MODEL, **own}
    checks = {
        name: own.get(name) or BY_PROPERTY.get(name) or _check(node) for name, node in described["properties"].items()
    }
    rule = dialled_number if set(checks) >= DIALLED else None
    return Shape(checks, required=frozenset(described.get("required", ())), rule=rule)


def root(path: str, **more: Check) -> Shape:
    """Return the shape of a body, such as `assistant` or `tool.function`, with further properties."""
    shape = shape_of(published()["roots"][path]["type"])
    return replace(shape, properties={**shape.properties, **more})


def _check(node: Any) -> Check:
    match node:
        case "object":
            return _any_object
        case str():
            return PLAIN[node]
        case {"enum": choices}:
            return one_of(*choices)
        case {"list": item}:
            return list_of(_check(item))
        case {"anyOf": options, "by": discriminant}:
            return _discriminated([option["type"] for option in options], discriminant)
        case {"anyOf": options}:
            return _one_of_several([_check(option) for option in options])
        case _:
            return _nested(node["type"])


def _any_object(name: str, value: JsonValue) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{name} must be an object"


def _nested(type_name: str) -> Check:
    """Accept an object of a type, which is only looked up when one comes: types contain each other."""

    def check(name: str, value: JsonValue) -> Iterator[str]:
        yield from _any_object(name, value)
        if isinstance(value, dict):
            yield from shape_of(type_name).problems(value, prefix=f"{name}.")

    return check


def only(path: str, name: str, *values: str) -> Check:
    """Return the check of a property that has a discriminant, for some of its values alone."""
    node = shape_node(path, name)
    described = published()["types"]
    chosen = [
        option["type"]
        for option in node["anyOf"]
        if set(values) & set(described[option["type"]]["properties"][node["by"]]["enum"])
    ]
    return _discriminated(chosen, node["by"])


def shape_node(path: str, name: str) -> Any:
    """Return how a property of a body is described."""
    published_type = published()["roots"][path]["type"]
    return published()["types"][published_type]["properties"][name]


def _discriminated(type_names: list[str], discriminant: str) -> Check:
    """Accept an object whose discriminant says of which type it has to be."""
    described = published()["types"]
    by_value = {
        value: type_name
        for type_name in type_names
        for value in described[type_name]["properties"][discriminant]["enum"]
    }

    def check(name: str, value: JsonValue) -> Iterator[str]:
        yield from _any_object(name, value)
        if isinstance(value, dict):
            chosen = by_value.get(str(value.get(discriminant)))
            if chosen is None:
                yield from one_of(*by_value)(f"{name}.{discriminant}", value.get(discriminant))
            else:
                yield from shape_of(chosen).problems(value, prefix=f"{name}.")

    return check


def _one_of_several(checks: list[Check]) -> Check:
    """Accept what one of the checks accepts; else tell what the most forgiving of them finds."""

    def check(name: str, value: JsonValue) -> Iterator[str]:
        found = [list(option(name, value)) for option in checks]
        yield from min(found, key=len)

    return check
