"""Putting a caller through to somebody: by the assistant's tool, or by an order from outside."""

from sandbox.calls import envelope
from sandbox.calls.conversation import Conversation
from sandbox.calls.line import CallOver
from sandbox.json_types import JsonObject, as_object, parse_object
from sandbox.vapi.shapes import E164_FORM

TOOL = "transferCall"
REQUEST = "transfer-destination-request"
HANDOVER_S = 15.0
"""How long the caller holds the line, by the wall clock, for the product to put them through."""
DEFAULT_MESSAGE = "Transferring the call now."
BLIND = "blind-transfer"
TRANSFER_MODES = frozenset(
    {
        BLIND,
        "blind-transfer-add-summary-to-sip-header",
        "warm-transfer-say-message",
        "warm-transfer-say-summary",
        "warm-transfer-twiml",
        "warm-transfer-wait-for-operator-to-speak-first-and-then-say-message",
        "warm-transfer-wait-for-operator-to-speak-first-and-then-say-summary",
        "warm-transfer-experimental",
    }
)
BY_ENDING = {"0000": "no-answer", "0002": "busy", "0003": "voicemail"}
"""What becomes of a transfer, by the last four digits of its number."""
WARM_FAILURES = {"no-answer": "call.forwarding.no-answer", "busy": "call.forwarding.operator-busy"}


async def by_tool(talk: Conversation, *, why: str) -> bool:
    """Use the assistant's `transferCall`, Vapi's own tool or one of that name that the product carries out.

    False when the assistant has neither or there is nobody to be had.
    """
    tool = next((item for item in talk.call.tools if item.get("type") == TOOL), None)
    if tool is not None:
        return await _by_own_tool(talk, tool)
    if talk.call.find_tool(TOOL) is not None:
        return await _by_function(talk, why)
    talk.notes.append(f"The assistant has no {TOOL} tool.")
    return False


async def _by_function(talk: Conversation, why: str) -> bool:
    """Have the product put the caller through: it says that it does, then does it at the control address."""
    try:
        answer = await talk.use_tool(TOOL, summary=why)
        await talk.assistant_says(answer.spoken)
        if answer.succeeded:
            await talk.line.hold(HANDOVER_S)
            talk.notes.append(f"{TOOL} succeeded, but nobody put the call through.")
    except CallOver:
        return bool(talk.call.transfers)
    return False


async def _by_own_tool(talk: Conversation, tool: JsonObject) -> bool:
    listed = tool.get("destinations") or []
    tool_call_id = talk.remember_tool_call(TOOL, {})
    answer = {"destination": listed[0]} if listed else await _ask_for_destination(talk)
    spoken = as_object(answer.get("message")).get("content")
    if answer.get("destination") is None:
        talk.remember_result(tool_call_id, TOOL, str(answer.get("error") or "Transfer failed."))
        return False
    talk.remember_result(tool_call_id, TOOL, "Transfer initiated.")
    return await put_through(talk, as_object(answer["destination"]), spoken if isinstance(spoken, str) else None)


async def put_through(talk: Conversation, destination: JsonObject, spoken: str | None = None) -> bool:
    """Forward the call and end it here; False when the destination cannot be dialled.

    `spoken` is said before; without it, the destination's own message, or Vapi's.
    """
    if problem := problem_of(destination):
        talk.notes.append(f"The call was not put through: {problem}.")
        return False
    said = _message_of(destination) if spoken is None else spoken
    if said:
        await talk.assistant_says(talk.call.filled(said))
    mode = str(as_object(destination.get("transferPlan")).get("mode") or BLIND)
    status = BY_ENDING.get(str(destination.get("number"))[-4:], "connected")
    talk.call.transfers.append({"destination": destination, "mode": mode, "status": status})
    await talk.line.forward(destination)
    reason = "assistant-forwarded-call" if mode.startswith(BLIND) else WARM_FAILURES.get(status)
    await talk.hang_up(reason or "assistant-forwarded-call")
    return True


def problem_of(destination: JsonObject) -> str:
    """Say why a destination cannot be dialled; empty when it can."""
    match destination.get("type"):
        case "number":
            number = destination.get("number")
            checked = destination.get("numberE164CheckEnabled") is not False
            if not isinstance(number, str) or not number or (checked and not E164_FORM.match(number)):
                return "destination.number must be a valid phone number in the E.164 format"
            return ""
        case "sip":
            return "" if str(destination.get("sipUri")).startswith("sip:") else "destination.sipUri must be a SIP URI"
        case kind:
            return f"destination.type {kind} is neither number nor sip"


def _message_of(destination: JsonObject) -> str:
    message = destination.get("message", DEFAULT_MESSAGE)
    return str(message.get("content") or "") if isinstance(message, dict) else str(message)


def _unusable(answer: JsonObject) -> str:
    """Say what is wrong with an answer to the question where to; empty when Vapi can act on it."""
    if unknown := sorted(set(answer) - {"destination", "message", "error"}):
        return f"the answer has unknown fields: {', '.join(unknown)}"
    error = answer.get("error")
    if error is not None and (not isinstance(error, str) or "\n" in error):
        return "error must be a string on one line"
    mode = as_object(as_object(answer.get("destination")).get("transferPlan")).get("mode", BLIND)
    return "" if mode in TRANSFER_MODES else f"transferPlan.mode {mode} is unknown"


async def _ask_for_destination(talk: Conversation) -> JsonObject:
    """Ask the product where to; an answer that Vapi could not use is noted and gives nothing."""
    server = talk.line.addresses.of_events(talk.call)
    if server is None or REQUEST not in talk.call.subscribed:
        talk.notes.append(f"Nobody is subscribed to {REQUEST}.")
        return {}
    sent = await talk.line.ask(server, envelope.message(talk.call, REQUEST))
    answer = parse_object(sent.response or "") if sent.status_code == 200 else None
    if answer is None or not (answer.get("error") or answer.get("destination")):
        talk.notes.append(f"{REQUEST} got no usable answer ({sent.error or f'HTTP {sent.status_code}'}).")
        return {}
    if problem := _unusable(answer):
        talk.notes.append(f"{REQUEST}: {problem}.")
        return {}
    if error := answer.get("error"):
        await talk.assistant_says(str(error))
        return {"error": error}
    return answer
