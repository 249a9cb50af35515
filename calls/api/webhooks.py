"""What Vapi posts to us. CSRF does not apply: the sender proves itself by signature."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from calls.ingress.door import admit, read_message
from calls.ingress.inbox import accept_report, keep_unresolved
from calls.ingress.measures import Passage, measured
from calls.ingress.messages import (
    ANSWERS,
    ASSISTANT_REQUEST,
    HANDLED,
    TOOL_CALLS,
    TRANSFER_REQUEST,
    Message,
    ToolCall,
    read_arguments,
)
from calls.ingress.trials import answer_trial, is_trial
from calls.routing.door import NOT_IN_SERVICE, answer_call
from calls.tools.dispatch import answer_message, reply
from calls.tools.types import ToolAnswer
from calls.transfer_requests import CANNOT_PUT_THROUGH, answer_where_to
from calls.urgent import listen
from orgs.scope import org_scope
from voxanne.turns import came_at, give_turn_back
from voxanne.waiting import callers

NO_CLINIC = ToolAnswer(
    speech="I cannot reach the clinic's system right now. Please ask the caller to try again later.",
    content={"success": False, "code": "unknown_clinic"},
    succeeded=False,
)


@csrf_exempt
@require_POST
@measured
def vapi_webhook(request: HttpRequest, passage: Passage) -> HttpResponse:
    """`POST /api/vapi/webhook`: reports are stored and acknowledged, tool calls and who takes a call are answered."""
    raw, message = read_message(request)
    passage.is_of(message.type)
    if message.type != ASSISTANT_REQUEST:
        give_turn_back(request)
    if message.type not in HANDLED:
        passage.outcome = "ignored"
        return JsonResponse({})
    admitted = admit(request, raw, message)
    if admitted.org_id is None:
        passage.outcome = "unresolved"
        keep_unresolved(message)
        return JsonResponse(_answer_for_nobody(message) if message.type in ANSWERS else {})
    with org_scope(admitted.org_id):
        if message.type in ANSWERS:
            with callers.one_more():
                return _answer(request, admitted.org_id, message)
        listen(org_id=admitted.org_id, message=message)
        is_new = accept_report(org_id=admitted.org_id, message=message)
        passage.outcome = "accepted" if is_new else "duplicate"
    return JsonResponse({})


@csrf_exempt
@require_POST
@measured
def vapi_tool(request: HttpRequest, passage: Passage, name: str) -> HttpResponse:
    """`POST /api/vapi/tools/{name}`: the same tools under an address of their own, for envelope or bare arguments."""
    raw, message = read_message(request)
    passage.is_of(TOOL_CALLS)
    admitted = admit(request, raw, message)
    calls = [
        ToolCall(id=call.id, name=call.name or name, arguments=call.arguments, problem=call.problem)
        for call in message.tool_calls
    ]
    if not calls:
        calls = [_bare_call(name, message)]
    if admitted.org_id is None:
        passage.outcome = "unresolved"
        return JsonResponse(reply([(call, NO_CLINIC) for call in calls]))
    with org_scope(admitted.org_id), callers.one_more():
        return _use_tools(request, admitted.org_id, message, calls)


def _answer_for_nobody(message: Message) -> dict[str, Any]:
    if message.type == ASSISTANT_REQUEST:
        return NOT_IN_SERVICE
    if message.type == TRANSFER_REQUEST:
        return {"error": CANNOT_PUT_THROUGH}
    return reply([(call, NO_CLINIC) for call in message.tool_calls])


def _answer(request: HttpRequest, org_id: UUID, message: Message) -> JsonResponse:
    """What somebody on the line waits for."""
    if message.type == ASSISTANT_REQUEST:
        return JsonResponse(answer_call(org_id=org_id, message=message, rang_at=came_at(request)))
    if message.type == TRANSFER_REQUEST:
        return JsonResponse(answer_where_to(org_id=org_id, message=message))
    return _use_tools(request, org_id, message, message.tool_calls)


def _use_tools(request: HttpRequest, org_id: UUID, message: Message, calls: list[ToolCall]) -> JsonResponse:
    if is_trial(request, org_id):
        return answer_trial(org_id=org_id, message=message, calls=calls)
    return JsonResponse(answer_message(org_id=org_id, message=message, calls=calls))


def _bare_call(name: str, message: Message) -> ToolCall:
    """Arguments posted without Vapi's envelope: the body itself, or its `arguments`."""
    raw = message.body.get("arguments", message.body.get("parameters"))
    if raw is None:
        raw = {key: value for key, value in message.body.items() if key not in {"call", "toolCallId", "type"}}
    arguments, problem = read_arguments(raw)
    return ToolCall(id=str(message.body.get("toolCallId") or ""), name=name, arguments=arguments, problem=problem)
