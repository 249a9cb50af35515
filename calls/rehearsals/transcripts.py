"""What was said and done in a rehearsed call, as the rehearsal room tells it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class ToolUse:
    """One question of the assistant and our answer.

    Attributes:
        line: the answer as the assistant reads it.
        content: the same as data.
        status: of HTTP; None when nothing came back.
    """

    name: str
    arguments: Mapping[str, Any]
    line: str
    content: Mapping[str, Any]
    status: int | None

    @property
    def succeeded(self) -> bool:
        return self.content.get("success") is True

    @property
    def slots(self) -> list[Mapping[str, Any]]:
        """The times offered."""
        listed = self.content.get("slots") or []
        return [item for item in listed if isinstance(item, dict)]


@dataclass(frozen=True)
class Transcript:
    """One call: the greeting, and every use of a tool in order."""

    greeting: str
    uses: tuple[ToolUse, ...]

    @property
    def is_complete(self) -> bool:
        """Whether every question was answered; otherwise the room did not reach us."""
        return all(use.status == 200 for use in self.uses)

    def of(self, name: str) -> list[ToolUse]:
        return [use for use in self.uses if use.name == name]


def read_transcript(told: Mapping[str, Any]) -> Transcript:
    """The transcript in the room's answer."""
    uses = (
        ToolUse(
            name=str(item.get("name")),
            arguments=item.get("arguments") or {},
            line=str(item.get("result") or ""),
            content=item.get("content") or {},
            status=item.get("status"),
        )
        for item in told.get("toolUses") or []
    )
    return Transcript(greeting=str(told.get("greeting") or ""), uses=tuple(uses))


def read_start(slot: Mapping[str, Any]) -> datetime | None:
    """When an offered time begins, or None when it does not say so with an offset."""
    try:
        start = datetime.fromisoformat(str(slot.get("start")))
    except ValueError:
        return None
    return start if start.tzinfo is not None else None
