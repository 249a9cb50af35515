"""A live telephone line: what is said on it, what state it is in, and telling the product about both, as Vapi would."""

import asyncio
from typing import Literal

from sandbox.calls import envelope
from sandbox.calls.addresses import AddressBook
from sandbox.calls.courier import Courier
from sandbox.calls.postman import Destination
from sandbox.calls.record import CallRecord
from sandbox.calls.timeline import really_wait
from sandbox.json_types import JsonObject, JsonValue
from sandbox.ledger import SentWebhook
from sandbox.resources import Resources

CHARACTERS_PER_SECOND = 27.0
PAUSE_BETWEEN_LINES_S = 0.35

Role = Literal["bot", "user"]


class CallOver(Exception):
    """Somebody wants to go on talking on a call that has ended."""


class Line:
    """One call's line. It may be ended from outside at any moment; who talks on then gets CallOver."""

    def __init__(self, call: CallRecord, courier: Courier, resources: Resources) -> None:
        """Carry this call, tell the product through this courier."""
        self.call = call
        self.notes: list[str] = []
        self.addresses = AddressBook(resources)
        self._courier = courier
        self._resources = resources
        self._ended = asyncio.Event()
        self._floor = asyncio.Lock()

    async def change_status(self, status: str) -> None:
        """Go on to another state and tell."""
        self.call.status = status
        extra: JsonObject = {}
        if status == "ended":
            extra = {"endedReason": self.call.ended_reason}
            if self.call.debugging:
                extra["inboundPhoneCallDebuggingArtifacts"] = self.call.debugging
        await self._tell_status(envelope.message(self.call, "status-update", status=status, **extra))

    async def forward(self, destination: JsonObject) -> None:
        """Leave the call to somebody else."""
        self.call.status = "forwarding"
        self.call.forwarded_to = destination
        await self._tell_status(envelope.forwarding(self.call, destination))

    async def hang_up(self, reason: str) -> None:
        """End the call for one of Vapi's reasons, unless it has ended already."""
        if self.call.ended_reason is None:
            self.call.ended_reason = reason
            self.call.ended_ms = self.call.timeline.now_ms()
            self._ended.set()
            await self.change_status("ended")

    async def wait(self, seconds: float) -> None:
        """Let time pass in which nobody says anything."""
        self.require_open()
        await self.call.timeline.wait(seconds, unless=self._ended)
        self.require_open()

    async def hold(self, seconds: float) -> None:
        """Wait by the wall clock, also in a fast call: somebody outside may want to do something."""
        await really_wait(seconds, unless=self._ended)
        self.require_open()

    def require_open(self) -> None:
        """Raise CallOver when the call has ended."""
        if self._ended.is_set():
            raise CallOver

    async def speak(self, role: Role, text: str) -> None:
        """Say something on one of the two sides; nobody else talks meanwhile."""
        async with self._floor:
            side = "assistant" if role == "bot" else "user"
            started_ms = self.call.timeline.now_ms()
            await self._tell_speech(side, "started")
            await self.wait(len(text) / CHARACTERS_PER_SECOND)
            await self._tell_speech(side, "stopped")
            self.remember(role, text, started_ms=started_ms)
            await self._tell_transcript(side, text)
            if "conversation-update" in self.call.subscribed:
                await self.tell(envelope.conversation_update(self.call))
            await self.wait(PAUSE_BETWEEN_LINES_S)

    async def tell(self, message: JsonObject) -> None:
        """Send an event to whoever hears of this call's, if that type is wanted."""
        destination = self.addresses.of_events(self.call)
        if destination is not None and message["type"] in self.call.subscribed:
            await self._courier.send(destination, message)

    async def ask(self, destination: Destination, message: JsonObject) -> SentWebhook:
        """Send a question and return its answer, or the last failed attempt."""
        return await self._courier.ask(destination, message)

    def remember(self, role: str, text: str | None, *, started_ms: int | None = None, **extra: JsonValue) -> None:
        """Add an entry to the conversation in the notation of `artifact.messages`."""
        now_ms = self.call.timeline.now_ms()
        begun = started_ms if started_ms is not None else now_ms
        since = (begun - (self.call.started_ms or begun)) / 1000
        said = {} if text is None else {"message": text}
        entry: JsonObject = {"role": role, **said, "time": begun, "secondsFromStart": round(since, 3), **extra}
        if started_ms is not None:
            entry |= {"endTime": now_ms, "duration": now_ms - begun}
        self.call.messages.append(entry)

    async def _tell_status(self, message: JsonObject) -> None:
        self._resources.replace("call", envelope.call_object(self.call))
        await self.tell(message)

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
