"""The collections of Vapi's API: what each accepts, refers to, and shows."""

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from sandbox.json_types import JsonObject, as_object
from sandbox.resources import Resources
from sandbox.vapi import bodies
from sandbox.vapi.errors import bad_request, missing_reference
from sandbox.vapi.shapes import Shape

Reference = tuple[str, str]
"""The kind of a thing and the id that a body gives for it."""


@dataclass(frozen=True)
class Collection:
    """One kind of resource under /vapi/<path>.

    `immutable` are properties a PATCH may repeat but not change, `discriminator` one that a PATCH must repeat,
    `variants` shapes by `provider` that stand for `shape`.
    """

    path: str
    title: str
    shape: Shape
    references: Callable[[JsonObject], Iterable[Reference]]
    paged: bool = False
    immutable: frozenset[str] = frozenset()
    discriminator: str | None = None
    defaults: Callable[[], JsonObject] = dict
    variants: Mapping[str, Shape] = field(default_factory=dict)

    def check_new(self, body: JsonObject) -> None:
        """Raise 400 unless the body may become a resource."""
        if problems := self._shape_of(body).problems(body):
            raise bad_request(*problems)

    def check_change(self, stored: JsonObject, change: JsonObject) -> None:
        """Raise 400 unless the change may be applied."""
        problems = self._shape_of(stored).problems(change, partial=True)
        problems += [
            f"{name} cannot be changed"
            for name in sorted(self.immutable)
            if name in change and change[name] != stored.get(name)
        ]
        if self.discriminator and self.discriminator not in change:
            problems.append(f"{self.discriminator} should not be empty")
        if problems:
            raise bad_request(*problems)

    def _shape_of(self, body: JsonObject) -> Shape:
        provider = body.get("provider")
        return self.variants.get(provider, self.shape) if isinstance(provider, str) else self.shape

    def check_references(self, body: JsonObject, resources: Resources, owner: str) -> None:
        """Raise 400 when the body names something that the organisation does not have."""
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


def _free_number() -> JsonObject:
    """Give a Vapi number out of the range kept for fiction."""
    return {"number": f"+1415555{random.randint(100, 199):04d}", "status": "active"}


COLLECTIONS = {
    collection.path: collection
    for collection in (
        Collection("assistant", "Assistant", bodies.ASSISTANT, _assistant_references),
        Collection("tool", "Tool", bodies.TOOL, _tool_references, immutable=frozenset({"type"})),
        Collection(
            "structured-output",
            "Structured Output",
            bodies.STRUCTURED_OUTPUT,
            _assistants_named,
            paged=True,
            defaults=lambda: {"type": "ai"},
        ),
        Collection(
            "credential",
            "Credential",
            bodies.CREDENTIAL,
            lambda _body: (),
            immutable=frozenset({"provider"}),
            variants={"twilio": bodies.TWILIO_CREDENTIAL, "11labs": bodies.ELEVENLABS_CREDENTIAL},
        ),
        Collection(
            "phone-number",
            "Phone Number",
            bodies.PHONE_NUMBER,
            _assistants_named,
            immutable=frozenset({"provider"}),
            discriminator="provider",
            defaults=_free_number,
            variants={"twilio": bodies.TWILIO_PHONE_NUMBER},
        ),
    )
}
