"""What an answer to a tool call must look like for Vapi to use it (reference vapi, 1.4), and for our own readers."""

import json
from collections.abc import Iterator
from typing import Any

from calls.ingress.trials import HEADER, TAKEN_BACK
from providers.backend.client import BackendAnswer

OK = 200
# A tool that could not read the payload that its own schema describes.
_OWN_FAULTS = {"unknown_tool", "bad_arguments", "no_tool", "unavailable", "unknown_clinic"}


def find_deviations(answer: BackendAnswer, *, tool: str, tool_call_id: str) -> list[str]:
    """Everything that is wrong with one answer, in words; empty when it is as it should be."""
    if answer.status != OK:
        return [f"status {answer.status} instead of 200"]
    if not isinstance(answer.body, dict):
        return ["the body is not a JSON object"]
    return [
        *([] if answer.headers.get(HEADER) == TAKEN_BACK else ["it was not taken back"]),
        *_results(answer.body, tool, tool_call_id),
        *_tool_result(answer.body),
    ]


def _results(body: dict[str, Any], tool: str, tool_call_id: str) -> Iterator[str]:
    results = body.get("results")
    if not isinstance(results, list) or len(results) != 1 or not isinstance(results[0], dict):
        yield "`results` is not a list of one object"
        return
    (result,) = results
    if result.get("toolCallId") != tool_call_id:
        yield "`toolCallId` is not the one that was asked with"
    if result.get("name") != tool:
        yield f"`name` is {result.get('name')!r}"
    line = result.get("result")
    if not isinstance(line, str) or not line.strip():
        yield "`result` is not a text"
    elif len(line.splitlines()) > 1:
        yield "`result` has more than one line: Vapi drops it"
    if body.get("speech") != line:
        yield "`speech` differs from `result`"


def _tool_result(body: dict[str, Any]) -> Iterator[str]:
    try:
        content = json.loads(body["toolResult"]["content"])
        success = content["success"]
    except (KeyError, TypeError, ValueError):
        yield "`toolResult.content` is not the JSON text of an object with `success`"
        return
    if not isinstance(success, bool):
        yield "`success` is neither true nor false"
    if not isinstance(content.get("message"), str):
        yield "`message` is missing"
    if not success and not content.get("code"):
        yield "a refusal without a `code`"
    if content.get("code") in _OWN_FAULTS:
        yield f"the tool could not use its own payload: {content['code']}: {content.get('message')}"
    yield from _times(content)


def _times(content: dict[str, Any]) -> Iterator[str]:
    for name in ("slots", "alternatives"):
        for item in content.get(name) or []:
            if not isinstance(item, dict) or not item.get("start") or not item.get("spoken"):
                yield f"an entry of `{name}` lacks `start` or `spoken`"
