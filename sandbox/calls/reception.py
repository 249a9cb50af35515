"""Who answers a number that somebody dials: the assistant it is linked to, or whoever its server names."""

from dataclasses import dataclass

from sandbox.calls import envelope
from sandbox.calls.conversation import Conversation
from sandbox.calls.overrides import overridden
from sandbox.calls.postman import Letter, Postman
from sandbox.calls.transfers import problem_of
from sandbox.json_types import JsonObject, as_object, parse_object
from sandbox.ledger import SentWebhook
from sandbox.resources import Resources
from sandbox.vapi import bodies
from sandbox.vapi.collections import COLLECTIONS
from sandbox.vapi.errors import VapiError

FAILED = "assistant-request-failed"
APOLOGY = "I'm sorry, something went wrong. Goodbye."


@dataclass(eq=False)
class Refused(Exception):
    """Nobody answers: why, in Vapi's word and in a sentence; `said` is what the caller hears of it."""

    reason: str
    problem: str
    said: str = APOLOGY


class Reception:
    """Finds the assistant of calls that are dialled."""

    def __init__(self, resources: Resources, postman: Postman) -> None:
        """Look numbers and assistants up here, ask servers with this postman."""
        self._resources = resources
        self._postman = postman

    async def receive(self, talk: Conversation) -> bool:
        """Give the call its assistant and return True; False when it has been forwarded or has ended instead."""
        call = talk.call
        call.status = "ringing"
        try:
            linked = call.phone_number.get("assistantId")
            answer = {"assistantId": linked} if linked else await self._ask(talk)
            if destination := answer.get("destination"):
                await self._forward(talk, as_object(destination), "assistant-request-returned-forwarding-phone-number")
                return False
            self._take(talk, answer, asked=not linked)
        except Refused as refused:
            await self._refuse(talk, refused)
            return False
        return True

    async def _ask(self, talk: Conversation) -> JsonObject:
        """Ask the number's server and return an answer that names somebody, or raise Refused."""
        destination = talk.line.addresses.of_reception(talk.call)
        if destination is None:
            raise Refused(
                "call-start-error-neither-assistant-nor-server-set", "The number has no assistant and no server."
            )
        sent = await self._postman.attempt(Letter.to(destination, envelope.assistant_request(talk.call)))
        answer = parse_object(sent.response or "") if sent.accepted else None
        talk.call.debugging = {"assistantRequestResponse": answer} if answer is not None else {}
        if answer is None:
            raise Refused(FAILED, f"The server did not say who answers: {_outcome_of(sent)}.")
        _require_somebody(answer)
        return answer

    def _take(self, talk: Conversation, answer: JsonObject, *, asked: bool) -> None:
        """Put the named assistant on the call, with its overrides, or raise Refused."""
        call, overrides = talk.call, as_object(answer.get("assistantOverrides"))
        if problems := bodies.ASSISTANT_OVERRIDES.problems(overrides, partial=True):
            raise Refused("assistant-request-returned-invalid-assistant", f"The overrides are refused: {problems[0]}.")
        identity = answer.get("assistantId")
        if identity:
            saved = self._resources.find("assistant", str(identity), owner=call.owner)
            if saved is None:
                reason = "assistant-request-returned-invalid-assistant" if asked else "assistant-not-found"
                raise Refused(reason, f"There is no assistant {identity}.")
        else:
            saved = self._transient(call.owner, as_object(answer.get("assistant")))
        call.assistant = overridden(saved, overrides)
        call.overrides = overrides
        call.unproven = not identity or "server" in overrides

    def _transient(self, owner: str, body: JsonObject) -> JsonObject:
        """Return an assistant that came whole with the answer, if Vapi would save it."""
        try:
            COLLECTIONS["assistant"].check_new(body)
            COLLECTIONS["assistant"].check_references(body, self._resources, owner)
        except VapiError as error:
            raise Refused("assistant-request-returned-invalid-assistant", f"It is refused: {error.message}.") from error
        return body

    async def _refuse(self, talk: Conversation, refused: Refused) -> None:
        """Let the number's fallback take the call, else say what is wrong and hang up."""
        talk.notes.append(refused.problem)
        talk.call.debugging |= {"assistantRequestError": refused.problem}
        fallback = as_object(talk.call.phone_number.get("fallbackDestination"))
        asked = not talk.call.phone_number.get("assistantId")
        if fallback and asked and refused.reason != "assistant-request-returned-error":
            await self._forward(talk, fallback, refused.reason)
            return
        await talk.connect()
        await talk.assistant_says(refused.said)
        await talk.hang_up(refused.reason)

    async def _forward(self, talk: Conversation, destination: JsonObject, reason: str) -> None:
        """Leave the call to somebody without any assistant having been on it."""
        if problem := problem_of(destination):
            talk.notes.append(f"The call was not put through: {problem}.")
        else:
            await talk.line.forward(destination)
        await talk.hang_up(reason)


def _require_somebody(answer: JsonObject) -> None:
    """Raise Refused when an answer refuses the call or names nobody."""
    if "error" in answer and answer["error"] is not None:
        spoken = answer["error"]
        if not isinstance(spoken, str) or not spoken.strip():
            raise Refused("assistant-request-returned-unspeakable-error", "The error cannot be spoken.")
        raise Refused("assistant-request-returned-error", f"The server refused the call: {spoken}", said=spoken)
    if not any(answer.get(name) for name in ("destination", "assistantId", "assistant")):
        raise Refused("assistant-request-returned-no-assistant", "The answer names no assistant.")


def _outcome_of(sent: SentWebhook) -> str:
    return sent.error or f"it answered {sent.status_code}"
