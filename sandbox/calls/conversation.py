"""What a scenario can do on the phone: each action also tells the product, as Vapi would."""

import uuid
from typing import Literal

from sandbox.calls import envelope
from sandbox.calls.courier import Courier
from sandbox.calls.liquid import render
from sandbox.calls.postman import Destination
from sandbox.calls.record import CallRecord
from sandbox.calls.tool_answer import UNAVAILABLE, ToolAnswer, read_tool_answer
from sandbox.json_types import JsonObject, JsonValue, as_object, dumps
from sandbox.resources import Resources

CHARACTERS_PER_SECOND = 27.0
PAUSE_BETWEEN_LINES_S = 0.35
RING_S = 1.0
QUEUE_S = 0.4
DEFAULT_GREETING = "Hello, thanks for calling. How can I help you today?"
DEFAULT_FILLER = "One moment while I check that for you."

Role = Literal["bot", "user"]


class Conversation:
    """A live call. Scenarios drive it; they never see a webhook."""

    def __init__(self, call: CallRecord, courier: Courier, resources: Resources) -> None:
        """Talk on this call, tell the product through this courier."""
        self.call = call
        self.rng = call.rng
        self.caller = call.caller
        self.notes: list[str] = []
        self._courier = courier
        self._resources = resources

    async def ring(self) -> None:
        """Go from queued to ringing."""
        await self._change_status("queued")
        await self.call.timeline.wait(QUEUE_S)
        await self._change_status("ringing")
        await self.call.timeline.wait(RING_S)

    async def connect(self) -> None:
        """Begin the call proper; nobody has spoken yet."""
        self.call.started_ms = self.call.timeline.now_ms()
        self._remember_prompt()
        await self._change_status("in-progress")

    async def pick_up(self) -> None:
        """Connect, and let the assistant greet unless it waits for the caller."""
        await self.connect()
        if self.call.assistant.get("firstMessageMode") != "assistant-waits-for-user":
            await self.assistant_says(self.line("firstMessage") or DEFAULT_GREETING)

    def line(self, name: str) -> str:
        """Return one of the assistant's fixed lines, such as `firstMessage`, with its variables filled in."""
        return render(str(self.call.assistant.get(name) or ""), self.call.variables())

    async def assistant_says(self, text: str) -> None:
        """Speak as the assistant."""
        await self._speak("bot", text)

    async def caller_says(self, text: str) -> None:
        """Speak as the caller."""
        await self._speak("user", text)

    async def use_tool(self, name: str, /, **arguments: JsonValue) -> ToolAnswer:
        """Have the assistant call a tool: it says so, the product answers, the answer is remembered."""
        tool = self.call.find_tool(name)
        server = self._tool_server(tool)
        if tool is None or server is None:
            self.notes.append(f"The assistant has no tool {name} that a server answers.")
            return UNAVAILABLE
        await self.assistant_says(self._filler(tool))
        tool_call_id = f"call_{uuid.UUID(int=self.rng.getrandbits(128)).hex[:24]}"
        arguments = {key: value for key, value in arguments.items() if value is not None}
        arguments |= self._static_arguments(tool)
        self._remember_tool_call(tool_call_id, name, arguments)
        destination = Destination.of(server, self._resources, self.call.owner)
        question = envelope.tool_calls_message(self.call, tool, tool_call_id, arguments)
        answer = read_tool_answer(await self._courier.ask(destination, question), tool_call_id)
        self.notes += [f"{name}: {problem}." for problem in answer.problems]
        self._remember("tool_call_result", "", name=name, result=answer.result, toolCallId=tool_call_id)
        return answer

    async def hang_up(self, reason: str) -> None:
        """End the call for one of Vapi's reasons, unless it has ended already."""
        if self.call.ended_reason is None:
            self.call.ended_reason = reason
            self.call.ended_ms = self.call.timeline.now_ms()
            await self._change_status("ended")

    async def tell(self, message: JsonObject) -> None:
        """Send an event to the assistant's server if it subscribed to that type."""
        server = as_object(self.call.assistant.get("server"))
        if server.get("url") and message["type"] in self.call.subscribed:
            destination = Destination.of(server, self._resources, self.call.owner)
            await self._courier.send(destination, message)

    async def _change_status(self, status: str) -> None:
        self.call.status = status
        extra = {"endedReason": self.call.ended_reason} if status == "ended" else {}
        self._resources.replace("call", envelope.call_object(self.call))
        await self.tell(envelope.message(self.call, "status-update", status=status, **extra))

    async def _speak(self, role: Role, text: str) -> None:
        side = "assistant" if role == "bot" else "user"
        started_ms = self.call.timeline.now_ms()
        await self._tell_speech(side, "started")
        await self.call.timeline.wait(len(text) / CHARACTERS_PER_SECOND)
        await self._tell_speech(side, "stopped")
        self._remember(role, text, started_ms=started_ms)
        await self._tell_transcript(side, text)
        if "conversation-update" in self.call.subscribed:
            await self.tell(envelope.message(self.call, "conversation-update", **envelope.live_artifact(self.call)))
        await self.call.timeline.wait(PAUSE_BETWEEN_LINES_S)

    async def _tell_speech(self, side: str, status: str) -> None:
        if "speech-update" in self.call.subscribed:
            turn = sum(item["role"] in {"bot", "user"} for item in self.call.messages)
            await self.tell(envelope.message(self.call, "speech-update", status=status, role=side, turn=turn))

    async def _tell_transcript(self, side: str, text: str) -> None:
        """Send the final transcript of a line, under the name by which it was subscribed to."""
        for kind in (envelope.FINAL_TRANSCRIPT, envelope.TRANSCRIPT):
            if kind in self.call.subscribed:
                final = envelope.message(self.call, kind, role=side, transcriptType="final", transcript=text)
                await self.tell(final)
                return

    def _tool_server(self, tool: JsonObject | None) -> JsonObject | None:
        """Return who answers a tool: its own server, else the assistant's when that is subscribed to tool calls."""
        own = as_object((tool or {}).get("server"))
        if own.get("url"):
            return own
        fallback = as_object(self.call.assistant.get("server"))
        return fallback if fallback.get("url") and "tool-calls" in self.call.subscribed else None

    def _filler(self, tool: JsonObject) -> str:
        """Return what the assistant says while a tool works: the tool's own request-start line, if it has one."""
        lines = [item for item in tool.get("messages") or [] if item.get("type") == "request-start"]
        chosen = str(lines[0].get("content") or DEFAULT_FILLER) if lines else DEFAULT_FILLER
        return render(chosen, self.call.variables())

    def _static_arguments(self, tool: JsonObject) -> JsonObject:
        """Return the tool's static parameters: the model never sees them and they win over its arguments."""
        values = tool.get("parameters") or []
        return {
            str(item["key"]): render(item["value"], self.call.variables())
            if isinstance(item.get("value"), str)
            else item.get("value")
            for item in values
            if isinstance(item, dict) and "key" in item
        }

    def _remember_prompt(self) -> None:
        for item in self.call.model.get("messages") or []:
            if item.get("role") == "system":
                self._remember("system", render(str(item.get("content", "")), self.call.variables()))

    def _remember_tool_call(self, tool_call_id: str, name: str, arguments: JsonObject) -> None:
        function = {"name": name, "arguments": dumps(arguments)}
        self._remember("tool_calls", "", toolCalls=[{"id": tool_call_id, "type": "function", "function": function}])

    def _remember(self, role: str, text: str, *, started_ms: int | None = None, **extra: JsonValue) -> None:
        """Add an entry to the conversation in the notation of `artifact.messages`."""
        now_ms = self.call.timeline.now_ms()
        begun = started_ms if started_ms is not None else now_ms
        since = (begun - (self.call.started_ms or begun)) / 1000
        entry: JsonObject = {"role": role, "message": text, "time": begun, "secondsFromStart": round(since, 3), **extra}
        if started_ms is not None:
            entry |= {"endTime": now_ms, "duration": now_ms - begun}
        self.call.messages.append(entry)
