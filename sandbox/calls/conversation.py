"""What a scenario can do on the phone; it never sees a webhook."""

import uuid

from sandbox.calls import envelope
from sandbox.calls.line import Line
from sandbox.calls.tool_answer import UNAVAILABLE, ToolAnswer, read_tool_answer
from sandbox.json_types import JsonObject, JsonValue, as_object, dumps

RING_S = 1.0
QUEUE_S = 0.4
SILENCE_S = 30.0
GENERATED_GREETING = "Hello, thanks for calling. How can I help you today?"
DEFAULT_FILLER = "One moment while I check that for you."


class Conversation:
    """A caller and an assistant on a line."""

    def __init__(self, line: Line) -> None:
        """Talk on this line."""
        self.line = line
        self.call = line.call
        self.rng = line.call.rng
        self.caller = line.call.caller
        self.notes = line.notes

    async def ring(self) -> None:
        """Go from queued to ringing; a call whose number was asked for rings already."""
        if self.call.status == "queued":
            await self.line.change_status("queued")
            await self.line.wait(QUEUE_S)
        await self.line.change_status("ringing")
        await self.line.wait(RING_S)

    async def connect(self) -> None:
        """Begin the call proper; nobody has spoken yet."""
        self.call.started_ms = self.call.timeline.now_ms()
        self._remember_prompt()
        await self.line.change_status("in-progress")

    async def pick_up(self) -> None:
        """Connect, and let the assistant greet if it speaks first and knows what to say."""
        await self.connect()
        greeting = self.fixed_line("firstMessage")
        mode = self.call.assistant.get("firstMessageMode")
        if mode == "assistant-speaks-first-with-model-generated-message":
            greeting = GENERATED_GREETING
        if greeting and mode != "assistant-waits-for-user":
            await self.assistant_says(greeting)

    def fixed_line(self, name: str) -> str:
        """Return one of the assistant's fixed lines, such as `firstMessage`, with its variables filled in."""
        return self.call.filled(str(self.call.assistant.get(name) or ""))

    def was_named(self) -> bool:
        """Whether the assistant has said the caller's name."""
        said = (str(item.get("message")) for item in self.call.messages if item["role"] == "bot")
        return any(self.caller.first_name.casefold() in text.casefold() for text in said)

    async def assistant_says(self, text: str) -> None:
        """Speak as the assistant."""
        await self.line.speak("bot", text)

    async def caller_says(self, text: str) -> None:
        """Speak as the caller."""
        await self.line.speak("user", text)

    async def hang_up(self, reason: str) -> None:
        """End the call for one of Vapi's reasons, unless it has ended already."""
        await self.line.hang_up(reason)

    async def fall_silent(self) -> None:
        """Say nothing more until Vapi gives up, or somebody outside does something with the call."""
        await self.line.hold(SILENCE_S)
        await self.hang_up("silence-timed-out")

    async def use_tool(self, name: str, /, **arguments: JsonValue) -> ToolAnswer:
        """Have the assistant call a tool: it says so, the product answers, the answer is remembered."""
        tool = self.call.find_tool(name)
        destination = self.line.addresses.of_tool(self.call, tool) if tool else None
        if tool is None or destination is None:
            self.notes.append(f"The assistant has no tool {name} that a server answers.")
            return UNAVAILABLE
        await self.assistant_says(self._filler(tool))
        arguments = {key: value for key, value in arguments.items() if value is not None}
        arguments |= self._static_arguments(tool)
        tool_call_id = self.remember_tool_call(name, arguments)
        question = envelope.tool_calls_message(self.call, tool, tool_call_id, arguments)
        answer = read_tool_answer(await self.line.ask(destination, question), tool_call_id)
        self.notes += [f"{name}: {problem}." for problem in answer.problems]
        self.remember_result(tool_call_id, name, answer.result)
        self.line.require_open()
        return answer

    def remember_tool_call(self, name: str, arguments: JsonObject) -> str:
        """Note that the assistant calls a tool; return the id of that."""
        tool_call_id = f"call_{uuid.UUID(int=self.rng.getrandbits(128)).hex[:24]}"
        function = {"name": name, "arguments": dumps(arguments)}
        self.line.remember("tool_calls", "", toolCalls=[{"id": tool_call_id, "type": "function", "function": function}])
        return tool_call_id

    def remember_result(self, tool_call_id: str, name: str, result: str) -> None:
        """Note what a tool gave."""
        self.line.remember("tool_call_result", None, name=name, result=result, toolCallId=tool_call_id)

    def _filler(self, tool: JsonObject) -> str:
        """Return what the assistant says while a tool works: the tool's own request-start line, if it has one."""
        lines = [item for item in tool.get("messages") or [] if item.get("type") == "request-start"]
        chosen = str(lines[0].get("content") or DEFAULT_FILLER) if lines else DEFAULT_FILLER
        return self.call.filled(chosen)

    def _static_arguments(self, tool: JsonObject) -> JsonObject:
        """Return the tool's static parameters: the model never sees them and they win over its arguments."""
        return {
            str(item["key"]): self.call.filled(item["value"])
            if isinstance(item.get("value"), str)
            else item.get("value")
            for item in map(as_object, tool.get("parameters") or [])
            if "key" in item
        }

    def _remember_prompt(self) -> None:
        for item in self.call.model.get("messages") or []:
            if item.get("role") == "system":
                self.line.remember("system", self.call.filled(str(item.get("content", ""))))
