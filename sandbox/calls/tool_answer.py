"""Reading what the product answered to a tool call."""

import json
from dataclasses import dataclass, field

from sandbox.json_types import JsonObject, as_object, parse_object
from sandbox.ledger import SentWebhook

NO_RESULT = "No result returned. Hint: Check if the tool returned a result"
APOLOGY = "I'm sorry, I can't reach our diary just now."


@dataclass(frozen=True)
class ToolAnswer:
    """A tool's answer as the model gets it.

    `result` is what Vapi would hand to the model, `spoken` what the assistant says about it, `content` the facts
    behind it. `problems` says how the answer departs from what Vapi accepts.
    """

    result: str
    spoken: str
    content: JsonObject = field(default_factory=dict)
    problems: tuple[str, ...] = ()

    @property
    def succeeded(self) -> bool:
        """Whether the tool says that it did what was asked."""
        return self.content.get("success") is True

    def entries(self, name: str) -> list[JsonObject]:
        """Return a list of objects from the facts, such as slots; empty when there is none."""
        listed = self.content.get(name)
        return [item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []


UNAVAILABLE = ToolAnswer(result=NO_RESULT, spoken=APOLOGY)


def read_tool_answer(sent: SentWebhook, tool_call_id: str) -> ToolAnswer:
    """Read the response to a tool call, forgiving what Vapi forgives and naming what it does not."""
    body = parse_object(sent.response or "")
    if sent.status_code != 200 or body is None:
        reason = sent.error or f"HTTP {sent.status_code}"
        return ToolAnswer(result=NO_RESULT, spoken=APOLOGY, problems=(f"no usable answer ({reason})",))
    result, problems = _result(body, tool_call_id)
    content = _content(body, result)
    spoken = body.get("speech") or content.get("message") or result
    return ToolAnswer(
        result=result,
        spoken=APOLOGY if spoken == NO_RESULT else str(spoken),
        content=content,
        problems=tuple(problems),
    )


def _result(body: JsonObject, tool_call_id: str) -> tuple[str, list[str]]:
    results = body.get("results")
    if not isinstance(results, list):
        return NO_RESULT, ["the answer has no list of results"]
    mine = next((item for item in results if as_object(item).get("toolCallId") == tool_call_id), None)
    if mine is None:
        return NO_RESULT, ["no result carries the tool call's id"]
    value = mine.get("result") or mine.get("error")
    if not isinstance(value, str):
        return json.dumps(value), ["the result is not a string"]
    if "\n" in value:
        return value, ["the result has more than one line"]
    return value, []


def _content(body: JsonObject, result: str) -> JsonObject:
    """Return the facts: from the older `toolResult.content`, else from a result that is itself JSON."""
    older = as_object(body.get("toolResult")).get("content")
    if isinstance(older, dict):
        return older
    return parse_object(older if isinstance(older, str) else result) or {}
