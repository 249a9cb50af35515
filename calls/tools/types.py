"""The form of a tool, of its question and of its answer."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from rest_framework import serializers

from calls.models import Call
from orgs.models import Organization


@dataclass(frozen=True)
class ToolContext:
    """Who asks: the clinic, the call (when its id is known) and the number that calls.

    Attributes:
        assistant_id: who asks at Vapi, "" when the message does not say.
        prepared: what the tool's `prepare` made of the arguments; None where it was not asked, or there is none.
        asks_where_to: Vapi puts the caller through by itself, and only asks where to.
        control_url: steers the live call at Vapi; a secret, "" when there is none.
    """

    org: Organization
    call: Call | None
    caller_number: str
    tool_call_id: str
    assistant_id: str = ""
    control_url: str = field(default="", repr=False)
    asks_where_to: bool = False
    prepared: Any = field(default=None, repr=False)


@dataclass(frozen=True)
class ToolAnswer:
    """What is said to the caller, and the same as data for the model."""

    speech: str
    content: dict[str, Any] = field(default_factory=dict)
    succeeded: bool = True

    @property
    def line(self) -> str:
        """The answer on one line: Vapi drops results that hold a line break."""
        return " ".join(self.speech.split())


Handler = Callable[[ToolContext, dict[str, Any]], ToolAnswer]


@dataclass(frozen=True)
class Tool:
    """One function that the assistant may call. Its JSON schema for Vapi is built from its serializer.

    Attributes:
        books: an `appointmentId` in its answer makes the call one that booked.
        prepare: is given the arguments before the transaction opens, in the organisation's scope: the place to ask a
            provider. It waits for as long as a caller would, and raises for nothing that the tool can do without.
        changes_diary: the same wish again in the same call gets the same answer (`calls.tools.wishes`).
    """

    name: str
    description: str
    arguments: type[serializers.Serializer]
    handler: Handler
    books: bool = False
    changes_diary: bool = False
    prepare: Callable[[dict[str, Any]], Any] | None = None
