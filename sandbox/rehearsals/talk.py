"""A rehearsed call: what a script can do, and the account of it that goes back to whoever asked."""

import random
import uuid
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from sandbox import clock
from sandbox.calls.liquid import render
from sandbox.calls.postman import Destination, Letter, Postman
from sandbox.calls.tool_answer import ToolAnswer, read_tool_answer
from sandbox.json_types import JsonObject, JsonValue, as_object
from sandbox.ledger import Ledger, SentWebhook

NO_TOOL = ToolAnswer(result="", spoken="I'm afraid I cannot do that.")


class NoLedger(Ledger):
    """Keeps nothing: a rehearsal's account goes back to whoever asked, and clinics' answers stay nowhere else."""

    def __init__(self) -> None:
        """Open no database."""

    def record_webhook(self, webhook: SentWebhook) -> None:
        """Forget it."""


class Talk:
    """One rehearsed call, of which nothing is kept."""

    def __init__(self, assistant: JsonObject, facts: JsonObject, *, rng: random.Random, postman: Postman) -> None:
        """Prepare a call to this assistant by a caller who knows these facts."""
        self.facts = facts
        self.rng = rng
        self.call_id = str(uuid.UUID(int=rng.getrandbits(128), version=4))
        self._assistant = assistant
        self._postman = postman
        self._greeting = ""
        self._lines: list[JsonObject] = []
        self._uses: list[JsonObject] = []

    def fact(self, name: str) -> str:
        """Return something that the caller knows, or an empty text."""
        return str(self.facts.get(name) or "")

    def tool(self, name: str) -> JsonObject | None:
        """Return the definition of a function tool that the assistant has."""
        return next((tool for tool in self.tools() if tool["function"].get("name") == name), None)

    def tools(self) -> list[JsonObject]:
        """Return all function tools that the assistant has."""
        listed = as_object(self._assistant.get("model")).get("tools") or []
        return [tool for tool in listed if isinstance(tool, dict) and isinstance(tool.get("function"), dict)]

    def greet(self) -> None:
        """Begin as the assistant does: with its first message, filled in."""
        self._greeting = render(str(self._assistant.get("firstMessage") or ""), {"customer": self._customer()})
        self.assistant_says(self._greeting)

    def assistant_says(self, text: str) -> None:
        """Note what the assistant says."""
        self._lines.append({"role": "assistant", "text": text})

    def caller_says(self, text: str) -> None:
        """Note what the caller says."""
        self._lines.append({"role": "caller", "text": text})

    async def ask(self, name: str, /, **arguments: JsonValue) -> ToolAnswer:
        """Have the assistant use a tool and say what came back. Without such a tool it declines."""
        tool = self.tool(name)
        if tool is None:
            self.assistant_says(NO_TOOL.spoken)
            return NO_TOOL
        given = {key: value for key, value in arguments.items() if value not in {None, ""}}
        tool_call_id = f"call_{uuid.UUID(int=self.rng.getrandbits(128)).hex[:24]}"
        sent = await self._send(tool, self._question(tool, tool_call_id, given))
        answer = read_tool_answer(sent, tool_call_id)
        self._uses.append(
            {
                "name": name,
                "arguments": given,
                "result": answer.result,
                "content": answer.content,
                "status": sent.status_code,
                "error": sent.error,
                "problems": list(answer.problems),
                "ms": round(sent.ms, 1),
            }
        )
        self.assistant_says(answer.spoken)
        return answer

    def account(self) -> JsonObject:
        """Return the whole call: greeting, lines in order, and every use of a tool with its answer."""
        return {"callId": self.call_id, "greeting": self._greeting, "lines": self._lines, "toolUses": self._uses}

    def _customer(self) -> JsonObject:
        return {"number": self.fact("phone"), "name": self.fact("name")}

    def _question(self, tool: JsonObject, tool_call_id: str, arguments: JsonObject) -> JsonObject:
        """Return a `tool-calls` message as Vapi sends it: arguments as an object, the call around it."""
        tool_call = {
            "id": tool_call_id,
            "type": "function",
            "function": {"name": tool["function"]["name"], "arguments": arguments},
        }
        return {
            "type": "tool-calls",
            "timestamp": clock.epoch_ms(),
            "toolCalls": [tool_call],
            "toolCallList": [tool_call],
            "toolWithToolCallList": [{**tool, "toolCall": tool_call}],
            "artifact": {"messages": [], "messagesOpenAIFormatted": []},
            "call": {"id": self.call_id, "type": "webCall", "status": "in-progress", "customer": self._customer()},
            "customer": self._customer(),
        }

    async def _send(self, tool: JsonObject, message: JsonObject) -> SentWebhook:
        """Ask the tool's own server, else the assistant's."""
        server = as_object(tool.get("server")) or as_object(self._assistant.get("server"))
        return await self._postman.attempt(Letter.to(Destination.of(server, {}), message))


Script: TypeAlias = Callable[[Talk], Awaitable[None]]
