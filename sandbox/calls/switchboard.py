"""Places calls, plays them in the background and knows how each of them went."""

import asyncio
import json
import logging
import random
import uuid
from collections import Counter
from dataclasses import dataclass, field

from sandbox import clock
from sandbox.calls import envelope
from sandbox.calls.admission import objection_to
from sandbox.calls.callers import invent_caller
from sandbox.calls.conversation import Conversation
from sandbox.calls.courier import Courier, make_courier
from sandbox.calls.line import CallOver, Line
from sandbox.calls.outcome import NOTHING, Outcome
from sandbox.calls.overrides import overridden
from sandbox.calls.postman import Postman
from sandbox.calls.reception import Reception
from sandbox.calls.record import CallRecord
from sandbox.calls.report import finished_call, report_message
from sandbox.calls.timeline import Timeline
from sandbox.database import Database
from sandbox.json_types import JsonObject, dumps
from sandbox.ledger import Ledger, SentWebhook
from sandbox.resources import Resources, Selection
from sandbox.scenarios.base import Scenario, Stage, Wishes
from sandbox.web_client import WebClient

logger = logging.getLogger(__name__)
NUMBER_SPACE = uuid.UUID("0d0c1d3e-6f0e-4f0b-8a53-6b1f5d6f4f0a")


@dataclass(frozen=True)
class CallOrder:
    """A call to be placed. `customer` may name the caller and their number; what it leaves out is made up.

    Without an `assistant` somebody dials `phone_number`, and that decides who answers. With `unproven` the assistant
    came with the call instead of being saved. `forwarded_from` is the line that passed the call on. With a `refusal`,
    one of Vapi's reasons, the call ends before it rings.
    """

    owner: str
    scenario: Scenario
    seed: int
    fast: bool = False
    outbound: bool = False
    assistant: JsonObject = field(default_factory=dict)
    unproven: bool = False
    refusal: str = ""
    customer: JsonObject = field(default_factory=dict)
    phone_number: JsonObject = field(default_factory=dict)
    overrides: JsonObject = field(default_factory=dict)
    metadata: JsonObject = field(default_factory=dict)
    forwarded_from: str = ""
    wishes: Wishes = field(default_factory=Wishes)


class MissingToolError(Exception):
    """The assistant refers to a tool that no longer exists; Vapi then fails the call."""


class Switchboard:
    """Calls in progress, and the record of those that are over."""

    def __init__(self, *, database: Database, resources: Resources, ledger: Ledger, base_url: str) -> None:
        """Play calls that tell their servers about themselves."""
        self._database = database
        self._resources = resources
        self._base_url = base_url
        self._client = WebClient()
        self._postman = Postman(self._client, ledger)
        self._reception = Reception(resources, self._postman)
        self._playing: dict[str, asyncio.Task[None]] = {}
        self._live: dict[str, Conversation] = {}
        self._owners: Counter[str] = Counter()
        self._abandon("The sandbox was stopped while this call was running.")

    def place(self, order: CallOrder) -> JsonObject:
        """Start a call in the background and return it as it stands: queued."""
        call = self._prepare(order)
        described = envelope.call_object(call)
        self._resources.insert("call", order.owner, described)
        self._database.write(
            "INSERT INTO runs (call_id, scenario, assistant_id, seed, fast, status, started_at)"
            " VALUES (?, ?, ?, ?, ?, 'running', ?)",
            (call.id, order.scenario.key, call.assistant_id or "", order.seed, order.fast, clock.iso(clock.now())),
        )
        task = asyncio.get_running_loop().create_task(self._run(call, order))
        self._playing[call.id] = task
        self._owners[call.owner] += 1
        task.add_done_callback(lambda _: self._let_go(call))
        return described

    def live_calls(self, owner: str) -> int:
        """Return how many calls an organisation has at the moment."""
        return self._owners[owner]

    def conversation(self, call_id: str) -> Conversation | None:
        """Return a call in progress, for whoever wants to take part in it."""
        return self._live.get(call_id)

    def find_run(self, call_id: str) -> JsonObject | None:
        """Return how a call is going: status running, done or failed, the error, the notes."""
        rows = self._database.read("SELECT * FROM runs WHERE call_id = ?", (call_id,))
        return {**dict(rows[0]), "notes": json.loads(rows[0]["notes"])} if rows else None

    def runs(self, limit: int = -1) -> list[JsonObject]:
        """Return the calls placed, newest first."""
        rows = self._database.read("SELECT * FROM runs ORDER BY started_at DESC, rowid DESC LIMIT ?", (limit,))
        return [{**dict(row), "notes": json.loads(row["notes"])} for row in rows]

    async def stop(self) -> None:
        """Break off all calls in progress."""
        tasks = list(self._playing.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._abandon("The call was broken off.")

    async def close(self) -> None:
        """Break off all calls and hang up the HTTP client."""
        await self.stop()
        await self._client.close()

    async def _run(self, call: CallRecord, order: CallOrder) -> None:
        courier = make_courier(order.scenario.delivery, self._postman, random.Random(order.seed))
        talk = self._live[call.id] = Conversation(Line(call, courier, self._resources))
        try:
            lost = await self._play(talk, courier, order)
        except Exception as error:  # a scenario's fault must show on the page, not kill the sandbox
            logger.exception("call %s broke off", call.id)
            self._finish(call, error=f"{type(error).__name__}: {error}", notes=talk.notes)
            return
        self._finish(call, error=_describe_lost(lost), notes=[*talk.notes, *courier.notes])

    async def _play(self, talk: Conversation, courier: Courier, order: CallOrder) -> list[SentWebhook]:
        try:
            outcome = await self._outcome(talk, order)
        except CallOver:
            outcome = Outcome(summary="The call was ended from outside.", reason="", successful=False)
        call = talk.call
        report = report_message(call, outcome, self._resources)
        self._resources.replace("call", finished_call(call, outcome, self._resources))
        await talk.line.tell(report)
        return await courier.finish()

    async def _outcome(self, talk: Conversation, order: CallOrder) -> Outcome:
        if not order.assistant and not await self._reception.receive(talk):
            return NOTHING
        if refusal := order.refusal or objection_to(talk.call, self._resources):
            await talk.hang_up(refusal)
            return NOTHING
        try:
            talk.call.tools = self._tools_of(talk.call)
        except MissingToolError as missing:
            talk.notes.append(str(missing))
            await talk.hang_up("assistant-not-valid")
            return NOTHING
        return await order.scenario.play(Stage(talk, order.wishes))

    def _prepare(self, order: CallOrder) -> CallRecord:
        rng = random.Random(order.seed)
        timeline = Timeline(fast=order.fast, dated_back=not order.outbound)
        return CallRecord(
            id=str(uuid.uuid4()),
            owner=order.owner,
            outbound=order.outbound,
            caller=invent_caller(rng, order.customer),
            phone_number=order.phone_number or self._number_of(order),
            base_url=self._base_url,
            timeline=timeline,
            rng=rng,
            assistant=overridden(order.assistant, order.overrides) if order.assistant else {},
            unproven=order.unproven or "server" in order.overrides,
            names_customer=bool(order.assistant) and (not order.outbound or "name" in order.customer),
            overrides=order.overrides,
            metadata=order.metadata,
            forwarded_from=order.forwarded_from,
            created_ms=timeline.now_ms(),
        )

    def _number_of(self, order: CallOrder) -> JsonObject:
        """Return the phone number that leads to the assistant; one is made up when none does."""
        identity = str(order.assistant.get("id"))
        linked = self._resources.select(
            "phone-number", Selection(limit=1, equals={"assistantId": identity}), owner=order.owner
        )
        if linked:
            return linked[0]
        number_id = uuid.uuid5(NUMBER_SPACE, identity)
        number = f"+442079460{number_id.int % 1000:03d}"
        return {"id": str(number_id), "orgId": order.owner, "provider": "vapi", "number": number, "name": "Main line"}

    def _tools_of(self, call: CallRecord) -> list[JsonObject]:
        inline = [tool for tool in call.model.get("tools") or [] if isinstance(tool, dict)]
        saved = []
        for identity in call.model.get("toolIds") or []:
            tool = self._resources.find("tool", identity, owner=call.owner)
            if tool is None:
                raise MissingToolError(f"The assistant refers to tool {identity}, which does not exist.")
            saved.append(tool)
        return [*inline, *saved]

    def _let_go(self, call: CallRecord) -> None:
        self._playing.pop(call.id, None)
        self._live.pop(call.id, None)
        self._owners[call.owner] -= 1

    def _finish(self, call: CallRecord, *, error: str | None, notes: list[str]) -> None:
        self._database.write(
            "UPDATE runs SET status = ?, error = ?, notes = ?, finished_at = ?, assistant_id = ? WHERE call_id = ?",
            (
                "failed" if error else "done",
                error,
                dumps(notes),
                clock.iso(clock.now()),
                call.assistant_id or "",
                call.id,
            ),
        )

    def _abandon(self, reason: str) -> None:
        """End the calls that nobody plays any more. As when a worker of Vapi's stops, no report is sent for them."""
        for row in self._database.read("SELECT call_id FROM runs WHERE status = 'running'"):
            call = self._resources.find("call", row["call_id"])
            if call is not None and call["status"] != "ended":
                ending = {"status": "ended", "endedReason": "worker-shutdown", "endedAt": clock.iso(clock.now())}
                self._resources.replace("call", {**call, **ending})
        self._database.write(
            "UPDATE runs SET status = 'failed', error = ?, finished_at = ? WHERE status = 'running'",
            (reason, clock.iso(clock.now())),
        )


def _describe_lost(lost: list[SentWebhook]) -> str | None:
    if not lost:
        return None
    first = lost[0]
    answered = f"answered {first.status_code}" if first.status_code else str(first.error)
    others = f" ({len(lost) - 1} more not accepted)" if len(lost) > 1 else ""
    return f"{first.type} was not accepted: {answered}{others}."
