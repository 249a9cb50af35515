"""The tools an assistant may have. Higher rooms register what they answer in their apps.py; this room tells Vapi."""

from dataclasses import dataclass
from typing import Any

MAX_NAME = 64
MAX_DESCRIPTION = 1000


@dataclass(frozen=True)
class ToolSpec:
    """One tool: what the model reads about it, the JSON schema of its arguments, and what is said meanwhile.

    Attributes:
        starting: said when the call of the tool begins.
        delayed: said when the answer takes more than a few seconds.
        failed: said when there was no answer.
        timeout_s: how long Vapi waits for the answer.
    """

    name: str
    description: str
    parameters: dict[str, Any]
    starting: str = "One moment, please."
    delayed: str = "I'm still checking, thank you for waiting."
    failed: str = "I'm sorry, I could not reach our calendar just now."
    timeout_s: int = 15

    def __post_init__(self) -> None:
        if not 0 < len(self.name) <= MAX_NAME or not 0 < len(self.description) <= MAX_DESCRIPTION:
            raise ValueError(f"tool {self.name!r}: name ≤ {MAX_NAME}, description ≤ {MAX_DESCRIPTION} characters")


_tools: dict[str, ToolSpec] = {}


def register_tool(spec: ToolSpec) -> None:
    """Offer a tool to all assistants. Registering a name again replaces it."""
    _tools[spec.name] = spec


def all_tools() -> list[ToolSpec]:
    """Every registered tool, by name."""
    return [_tools[name] for name in sorted(_tools)]


def tools_of(enabled: list[str] | None) -> list[ToolSpec]:
    """The tools an agent may use: those it names, or all of them where it names none (None)."""
    return [spec for spec in all_tools() if enabled is None or spec.name in enabled]
