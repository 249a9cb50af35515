"""The collections of Vapi's API: what each accepts, refers to, and shows."""

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from sandbox.json_types import JsonObject, as_object
from sandbox.resources import Resources
from sandbox.vapi import bodies
from sandbox.vapi.errors import bad_request, missing_reference
from sandbox.vapi.settings import read_settings
from sandbox.vapi.shapes import Shape

Reference = tuple[str, str]
"""The kind of a thing and the id that a body gives for it."""


@dataclass(frozen=True)
class Collection:
    """One kind of resource under /vapi/<path>.

    Where there are `variants`, the property `kind` chooses the shape; it may be repeated but not changed, and with
    `repeats_kind` a PATCH must repeat it.
    """

    path: str
    title: str
    shape: Shape
    references: Callable[[JsonObject], Iterable[Reference]]
    paged: bool = False
    kind: str = ""
    repeats_kind: bool = False
    variants: Mapping[str, Shape] = field(default_factory=dict)
    defaults: Callable[[JsonObject], JsonObject] = lambda _body: {}

    def check_new(self, body: JsonObject) -> None:
        """Raise 400 unless the body may become a resource."""
        if problems := self._shape_of(body).problems(body):
            raise bad_request(*problems)

    def check_change(self, stored: JsonObject, change: JsonObject) -> None:
        """Raise 400 unless the change may be applied."""
        problems = self._shape_of(stored).problems(change, partial=True)
        if self.repeats_kind and self.kind not in change:
            problems.append(f"{self.kind} must be one of the following values: {', '.join(self.variants)}")
        if problems:
            raise bad_request(*problems)

    def _shape_of(self, body: JsonObject) -> Shape:
        return self.variants.get(str(body.get(self.kind)), self.shape)

    def check_references(self, body: JsonObject, resources: Resources, owner: str) -> None:
        """Raise 400 when the body names something that the organisation does not have."""
        if not read_settings(resources)["checkReferences"]:
            return
        for kind, identity in self.references(body):
            if resources.find(kind, identity, owner=owner) is None:
                raise missing_reference(COLLECTIONS[kind].title, identity)


def _server_references(body: JsonObject) -> Iterable[Reference]:
    if identity := as_object(body.get("server")).get("credentialId"):
        yield "credential", identity


def _assistant_references(body: JsonObject) -> Iterable[Reference]:
    yield from _server_references(body)
    yield from (("credential", identity) for identity in body.get("credentialIds") or [])
    yield from (("tool", identity) for identity in as_object(body.get("model")).get("toolIds") or [])
    outputs = as_object(body.get("artifactPlan")).get("structuredOutputIds") or []
    yield from (("structured-output", identity) for identity in outputs)


def _tool_references(body: JsonObject) -> Iterable[Reference]:
    yield from _server_references(body)
    if identity := body.get("credentialId"):
        yield "credential", identity


def _assistants_named(body: JsonObject) -> Iterable[Reference]:
    yield from _server_references(body)
    named = [body.get("assistantId"), *(body.get("assistantIds") or [])]
    yield from (("assistant", identity) for identity in named if identity)


def _free_number(body: JsonObject) -> JsonObject:
    """Give a number out of the range kept for fiction to whoever has none of their own."""
    if "number" in body:
        return {"status": "active"}
    area = body.get("numberDesiredAreaCode") or random.choice(AREA_CODES)
    return {"number": f"+1{area}55501{random.randrange(100):02d}", "status": "active"}


AREA_CODES = tuple(f"{code}" for code in range(212, 990) if code % 100 != 11 and code != 555)

COLLECTIONS = {
    collection.path: collection
    for collection in (
        Collection("assistant", "Assistant", bodies.ASSISTANT, _assistant_references),
        Collection(
            "tool",
            "Tool",
            bodies.ANY_TOOL,
            _tool_references,
            kind="type",
            repeats_kind=True,
            variants=bodies.TOOLS,
        ),
        Collection(
            "structured-output",
            "Structured Output",
            bodies.STRUCTURED_OUTPUT,
            _assistants_named,
            paged=True,
            defaults=lambda _body: {"type": "ai"},
        ),
        Collection(
            "credential",
            "Credential",
            bodies.ANY_CREDENTIAL,
            lambda _body: (),
            kind="provider",
            variants=bodies.CREDENTIALS,
        ),
        Collection(
            "phone-number",
            "Phone Number",
            bodies.ANY_PHONE_NUMBER,
            _assistants_named,
            kind="provider",
            repeats_kind=True,
            variants=bodies.PHONE_NUMBERS,
            defaults=_free_number,
        ),
    )
}
