"""The facts of one call, as they accumulate while it is played."""

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sandbox.calls.callers import Caller
from sandbox.calls.liquid import built_in, render
from sandbox.calls.timeline import Timeline
from sandbox.json_types import JsonObject, as_object

DEFAULT_SERVER_MESSAGES = frozenset(
    {
        "conversation-update",
        "end-of-call-report",
        "speech-update",
        "status-update",
        "tool-calls",
        "transfer-destination-request",
    }
)


@dataclass
class CallRecord:
    """One call: who, which assistant, what was said, how it ended. Times are epoch milliseconds.

    `assistant` is the one that talks, with this call's changes; empty until it is known. Its server is `unproven` when
    it came with the call instead of being saved: no credential goes there. `debugging` tells what went wrong when
    the phone number's server was asked who answers.
    """

    id: str
    owner: str
    outbound: bool
    caller: Caller
    phone_number: JsonObject
    base_url: str
    timeline: Timeline
    rng: random.Random
    assistant: JsonObject = field(default_factory=dict)
    unproven: bool = False
    tools: list[JsonObject] = field(default_factory=list)
    names_customer: bool = True
    overrides: JsonObject = field(default_factory=dict)
    metadata: JsonObject = field(default_factory=dict)
    forwarded_from: str = ""
    messages: list[JsonObject] = field(default_factory=list)
    transfers: list[JsonObject] = field(default_factory=list)
    forwarded_to: JsonObject | None = None
    debugging: JsonObject = field(default_factory=dict)
    status: str = "queued"
    created_ms: int = 0
    started_ms: int | None = None
    ended_ms: int | None = None
    ended_reason: str | None = None

    @property
    def assistant_id(self) -> str | None:
        """The saved assistant's id; None for one that came with the call, and while there is none."""
        identity = self.assistant.get("id")
        return str(identity) if identity else None

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
            **built_in(datetime.fromtimestamp(self.timeline.now_ms() / 1000, UTC)),
            "customer": self.customer,
            "call": {"id": self.id, "type": "outboundPhoneCall" if self.outbound else "inboundPhoneCall"},
            "phoneNumber": {"number": self.phone_number.get("number"), "id": self.phone_number.get("id")},
            **as_object(self.overrides.get("variableValues")),
        }

    def filled(self, template: str) -> str:
        """Return a text of the assistant's with the variables put in."""
        now = datetime.fromtimestamp(self.timeline.now_ms() / 1000, UTC)
        return render(template, self.variables(), now=now)

    @property
    def customer(self) -> JsonObject:
        """The caller as Vapi knows them: who dials in shows a number and nothing else."""
        named = {"name": self.caller.name} if self.names_customer else {}
        return {"number": self.caller.number, **named}
