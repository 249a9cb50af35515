"""The facts of one call, as they accumulate while it is played."""

import random
from dataclasses import dataclass, field

from sandbox.calls.callers import Caller
from sandbox.calls.timeline import Timeline
from sandbox.json_types import JsonObject, as_object

DEFAULT_SERVER_MESSAGES = frozenset(
    {"conversation-update", "end-of-call-report", "speech-update", "status-update", "tool-calls"}
)


@dataclass
class CallRecord:
    """One call: who, which assistant, what was said, how it ended. Times are epoch milliseconds."""

    id: str
    owner: str
    assistant: JsonObject
    tools: list[JsonObject]
    outbound: bool
    caller: Caller
    phone_number: JsonObject
    base_url: str
    timeline: Timeline
    rng: random.Random
    overrides: JsonObject = field(default_factory=dict)
    metadata: JsonObject = field(default_factory=dict)
    messages: list[JsonObject] = field(default_factory=list)
    status: str = "queued"
    created_ms: int = 0
    started_ms: int | None = None
    ended_ms: int | None = None
    ended_reason: str | None = None

    @property
    def model(self) -> JsonObject:
        """The assistant's model settings."""
        return as_object(self.assistant.get("model"))

    @property
    def subscribed(self) -> frozenset[str]:
        """The message types the assistant's server wants."""
        chosen = self.assistant.get("serverMessages")
        return DEFAULT_SERVER_MESSAGES if chosen is None else frozenset(chosen)

    @property
    def duration_ms(self) -> int:
        """How long the call was connected; 0 when it never was."""
        if self.started_ms is None:
            return 0
        return (self.ended_ms or self.timeline.now_ms()) - self.started_ms

    def find_tool(self, function_name: str) -> JsonObject | None:
        """Return the function tool of that name if the assistant has it."""
        named = (tool for tool in self.tools if as_object(tool.get("function")).get("name") == function_name)
        return next(named, None)

    def variables(self) -> JsonObject:
        """Return what `{{ … }}` in prompts, messages and static parameters may refer to."""
        return {
            "customer": {"number": self.caller.number, "name": self.caller.name},
            "call": {"id": self.id, "type": "outboundPhoneCall" if self.outbound else "inboundPhoneCall"},
            "phoneNumber": {"number": self.phone_number.get("number"), "id": self.phone_number.get("id")},
            **as_object(self.overrides.get("variableValues")),
        }
