"""A small vocabulary for describing request bodies, with NestJS's wording for what breaks them."""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from sandbox.json_types import JsonObject, JsonValue

Check: TypeAlias = Callable[[str, JsonValue], Iterator[str]]

UUID_FORM = re.compile(r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$", re.IGNORECASE)
E164_FORM = re.compile(r"^\+[1-9]\d{6,14}$")
HTTP_URL = re.compile(r"^https?://[^\s/]+", re.IGNORECASE)


@dataclass(frozen=True)
class Shape:
    """The properties an object may have. Others are refused unless it is `open`.

    Of `one_group_of`, groups of properties, at least one has to be complete. A `rule` looks at the object as a whole
    and gets the beginning of its properties' names with it.
    """

    properties: Mapping[str, Check]
    required: frozenset[str] = frozenset()
    open: bool = False
    one_group_of: tuple[tuple[str, ...], ...] = ()
    rule: Callable[[JsonObject, str], Iterator[str]] | None = None

    def problems(self, body: JsonObject, *, partial: bool = False, prefix: str = "") -> list[str]:
        """Return every rule the body breaks, in order; `partial` lifts what is required (PATCH)."""
        found = []
        if not self.open:
            found += [f"{prefix}property {key} should not exist" for key in body if key not in self.properties]
        if not partial:
            found += [f"{prefix}{name} should not be empty" for name in sorted(self.required) if body.get(name) is None]
            found += self._missing_group(body, prefix)
        for name, check in self.properties.items():
            if body.get(name) is not None:
                found += check(f"{prefix}{name}", body[name])
        return [*found, *(self.rule(body, prefix) if self.rule else ())]

    def _missing_group(self, body: JsonObject, prefix: str) -> list[str]:
        groups = self.one_group_of
        if not groups or any(all(body.get(name) for name in group) for group in groups):
            return []
        return [f"{prefix}{groups[0][0]} should not be empty"]


def anything(_name: str, _value: JsonValue) -> Iterator[str]:
    """Accept any value: parts of the API that the sandbox does not look into."""
    return iter(())


def text(longest: int | None = None, *, shortest: int = 0, pattern: str | None = None) -> Check:
    """Accept a string of so many characters, matching the pattern."""

    def check(name: str, value: JsonValue) -> Iterator[str]:
        if not isinstance(value, str):
            yield f"{name} must be a string"
            return
        if len(value) < shortest:
            yield f"{name} must be longer than or equal to {shortest} characters"
        if longest is not None and len(value) > longest:
            yield f"{name} must be shorter than or equal to {longest} characters"
        if pattern is not None and not re.fullmatch(pattern, value):
            yield f"{name} must match {pattern} regular expression"

    return check


def number(lowest: float = -math.inf, highest: float = math.inf) -> Check:
    """Accept a number within bounds, both included."""

    def check(name: str, value: JsonValue) -> Iterator[str]:
        if isinstance(value, bool) or not isinstance(value, int | float):
            yield f"{name} must be a number conforming to the specified constraints"
        elif value < lowest:
            yield f"{name} must not be less than {lowest}"
        elif value > highest:
            yield f"{name} must not be greater than {highest}"

    return check


def flag(name: str, value: JsonValue) -> Iterator[str]:
    """Accept true or false."""
    if not isinstance(value, bool):
        yield f"{name} must be a boolean value"


def one_of(*choices: str) -> Check:
    """Accept one of some strings."""

    def check(name: str, value: JsonValue) -> Iterator[str]:
        if value not in choices:
            yield f"{name} must be one of the following values: {', '.join(choices)}"

    return check


def uuid(name: str, value: JsonValue) -> Iterator[str]:
    """Accept an id; a phone number in its place is the usual mistake."""
    if not isinstance(value, str) or not UUID_FORM.match(value):
        yield f"{name} must be a UUID"


def url(name: str, value: JsonValue) -> Iterator[str]:
    """Accept an absolute http or https address."""
    if not isinstance(value, str) or not HTTP_URL.match(value):
        yield f"{name} must be a URL address"


def list_of(check_item: Check) -> Check:
    """Accept a list whose items all pass."""

    def check(name: str, value: JsonValue) -> Iterator[str]:
        if not isinstance(value, list):
            yield f"{name} must be an array"
            return
        for index, item in enumerate(value):
            yield from check_item(f"{name}.{index}", item)

    return check


def nested(shape: Shape) -> Check:
    """Accept an object of a shape."""

    def check(name: str, value: JsonValue) -> Iterator[str]:
        if isinstance(value, dict):
            yield from shape.problems(value, prefix=f"{name}.")
        else:
            yield f"{name} must be an object"

    return check


def nested_open(**properties: Check) -> Check:
    """Accept an object of which only some properties are looked at."""
    return nested(Shape(properties, open=True))


def any_of(*names: str) -> dict[str, Check]:
    """Return properties that may hold anything."""
    return dict.fromkeys(names, anything)
