"""The part that all of Vapi's server messages share, and the small ones in full."""

import hashlib

from sandbox import clock
from sandbox.calls.record import CallRecord
from sandbox.json_types import JsonObject, JsonValue, as_object

FINAL_TRANSCRIPT = 'transcript[transcriptType="final"]'
TRANSCRIPT = "transcript"


def call_object(call: CallRecord) -> JsonObject:
    """Return the call as it stands inside every message and in GET /call."""
    sid = f"CA{hashlib.md5(call.id.encode(), usedforsecurity=False).hexdigest()}"
    described: JsonObject = {
        "id": call.id,
        "orgId": call.owner,
        "type": "outboundPhoneCall" if call.outbound else "inboundPhoneCall",
        "status": call.status,
        "createdAt": clock.iso_from_ms(call.created_ms),
        "updatedAt": clock.iso_from_ms(call.timeline.now_ms()),
        "assistantId": call.assistant_id,
        "assistantOverrides": call.overrides,
        "phoneNumberId": call.phone_number["id"],
        "customer": call.customer,
        "monitor": {
            "listenUrl": f"{call.base_url.replace('http', 'ws', 1)}/vapi/call/{call.id}/listen",
            "controlUrl": f"{call.base_url}/vapi/call/{call.id}/control",
        },
        "transport": {"provider": "twilio", "callSid": sid, "conversationType": "voice"},
        "phoneCallProvider": "twilio",
        "phoneCallProviderId": sid,
        "phoneCallTransport": "pstn",
    }
    if call.forwarded_from:
        described["transport"]["forwardedFrom"] = call.forwarded_from
    if call.metadata:
        described["metadata"] = call.metadata
    for name, moment in (("startedAt", call.started_ms), ("endedAt", call.ended_ms)):
        if moment is not None:
            described[name] = clock.iso_from_ms(moment)
    if call.ended_reason:
        described["endedReason"] = call.ended_reason
    return described


def message(call: CallRecord, kind: str, **extra: JsonValue) -> JsonObject:
    """Return a server message of a type, with the common fields and its own."""
    return {
        "type": kind,
        "timestamp": call.timeline.now_ms(),
        **extra,
        "artifact": extra.get("artifact", live_artifact(call)),
        "call": call_object(call),
        **({"assistant": call.assistant} if call.assistant else {}),
        "assistantVersion": None,
        "phoneNumber": call.phone_number,
        "customer": call.customer,
    }


def assistant_request(call: CallRecord) -> JsonObject:
    """Return the question who answers: nothing is known of the call but its two numbers."""
    asked = message(call, "assistant-request")
    return {name: value for name, value in asked.items() if name != "artifact"}


def forwarding(call: CallRecord, destination: JsonObject) -> JsonObject:
    """Return the news that a call is being put through to somebody."""
    live = live_artifact(call)
    told = {name: live[name] for name in ("messages", "messagesOpenAIFormatted", "transcript")}
    return message(call, "status-update", status="forwarding", destination=destination, summary="", **told)


def conversation_update(call: CallRecord) -> JsonObject:
    """Return all that has been said, as told after every line."""
    live = live_artifact(call)
    told = {name: live[name] for name in ("messages", "messagesOpenAIFormatted")}
    return message(call, "conversation-update", **told)


def live_artifact(call: CallRecord) -> JsonObject:
    """Return the conversation so far in both notations."""
    return {
        "messages": list(call.messages),
        "messagesOpenAIFormatted": [openai_message(item) for item in call.messages],
        "transcript": transcript(call),
        "variableValues": call.variables(),
    }


def transcript(call: CallRecord) -> str:
    """Return what was said as text, with the labels the assistant's plan gives the two sides."""
    plan = as_object(as_object(call.assistant.get("artifactPlan")).get("transcriptPlan"))
    labels = {"bot": plan.get("assistantName") or "AI", "user": plan.get("userName") or "User"}
    spoken = (item for item in call.messages if item["role"] in labels)
    return "".join(f"{labels[item['role']]}: {item['message']}\n" for item in spoken)


def openai_message(item: JsonObject) -> JsonObject:
    """Translate one entry of `artifact.messages` into OpenAI's notation."""
    match item["role"]:
        case "bot":
            return {"role": "assistant", "content": item["message"]}
        case "tool_calls":
            return {"role": "assistant", "content": "", "tool_calls": item["toolCalls"]}
        case "tool_call_result":
            return {"role": "tool", "content": item["result"], "tool_call_id": item["toolCallId"]}
        case role:
            return {"role": role, "content": item["message"]}


def tool_calls_message(call: CallRecord, tool: JsonObject, tool_call_id: str, arguments: JsonObject) -> JsonObject:
    """Return the message that asks the product to carry out a tool: arguments as an object, as really sent."""
    function = as_object(tool.get("function"))
    tool_call = {
        "id": tool_call_id,
        "type": "function",
        "function": {"name": function["name"], "arguments": arguments},
    }
    described = {key: tool[key] for key in ("type", "async", "server", "messages", "function") if key in tool}
    return message(
        call,
        "tool-calls",
        toolCalls=[tool_call],
        toolCallList=[tool_call],
        toolWithToolCallList=[{**described, "toolCall": tool_call}],
    )
