"""The order in which a call's webhooks reach the product: as they happen, twice, all mixed up, or not all of them."""

import asyncio
import random
from enum import StrEnum
from typing import assert_never

from sandbox.calls.postman import Destination, Letter, Postman
from sandbox.json_types import JsonObject
from sandbox.ledger import SentWebhook

REPORT = "end-of-call-report"


class DeliveryStyle(StrEnum):
    """How a scenario wants its webhooks delivered."""

    IN_ORDER = "in_order"
    TWICE = "twice"
    SHUFFLED = "shuffled"
    WITHOUT_REPORT = "without_report"


class Courier:
    """Delivers events in the order they happen.

    The first attempt of an event is awaited, so that events arrive in order; its retries run beside the call.
    Questions (tool calls) are awaited with their retries: the caller is waiting too.
    """

    def __init__(self, postman: Postman) -> None:
        """Send with this postman."""
        self._postman = postman
        self._retries: list[asyncio.Task[SentWebhook]] = []
        self._lost: list[SentWebhook] = []
        self.notes: list[str] = []

    async def send(self, destination: Destination, message: JsonObject) -> None:
        """Deliver an event that needs no answer."""
        await self._first_attempt(Letter.to(destination, message))

    async def ask(self, destination: Destination, message: JsonObject) -> SentWebhook:
        """Deliver a question and return its answer, or the last failed attempt."""
        return await self._postman.deliver(Letter.to(destination, message))

    async def finish(self) -> list[SentWebhook]:
        """Wait for what is still on its way; return the events that were never accepted."""
        settled = await asyncio.gather(*self._retries)
        return [*self._lost, *(last for last in settled if not last.accepted)]

    async def _first_attempt(self, letter: Letter) -> None:
        first = await self._postman.attempt(letter)
        if first.accepted:
            return
        if letter.destination.backoff.allows_another(first):
            self._retries.append(asyncio.create_task(self._postman.retry(letter, first)))
        else:
            self._lost.append(first)


class TwiceCourier(Courier):
    """Delivers everything twice: events at the same moment, questions one after the other."""

    async def send(self, destination: Destination, message: JsonObject) -> None:
        """Deliver an event and its double at once."""
        letter = Letter.to(destination, message)
        await asyncio.gather(self._first_attempt(letter), self._first_attempt(letter))

    async def ask(self, destination: Destination, message: JsonObject) -> SentWebhook:
        """Ask twice, go by the first answer, and note when the second differs."""
        first = await super().ask(destination, message)
        second = await super().ask(destination, message)
        if first.response != second.response:
            self.notes.append("The two answers to one repeated tool call differ.")
        return first


class ShuffledCourier(Courier):
    """Holds all events back until the call is over, then delivers the report first and the rest in random order."""

    def __init__(self, postman: Postman, rng: random.Random) -> None:
        """Shuffle with this generator."""
        super().__init__(postman)
        self._rng = rng
        self._held: list[Letter] = []

    async def send(self, destination: Destination, message: JsonObject) -> None:
        """Keep an event for later."""
        self._held.append(Letter.to(destination, message))

    async def finish(self) -> list[SentWebhook]:
        """Deliver what was held back, then wait for its retries."""
        self._rng.shuffle(self._held)
        self._held.sort(key=lambda letter: letter.type != REPORT)
        for letter in self._held:
            await self._first_attempt(letter)
        return await super().finish()


class ForgetfulCourier(Courier):
    """Delivers everything but the report, as when every one of its attempts got lost."""

    async def send(self, destination: Destination, message: JsonObject) -> None:
        """Deliver an event unless it is the report."""
        if message["type"] == REPORT:
            self.notes.append("The report was lost on its way.")
            return
        await super().send(destination, message)


def make_courier(style: DeliveryStyle, postman: Postman, rng: random.Random) -> Courier:
    """Return the courier for a delivery style."""
    match style:
        case DeliveryStyle.IN_ORDER:
            return Courier(postman)
        case DeliveryStyle.TWICE:
            return TwiceCourier(postman)
        case DeliveryStyle.SHUFFLED:
            return ShuffledCourier(postman, rng)
        case DeliveryStyle.WITHOUT_REPORT:
            return ForgetfulCourier(postman)
        case _:
            assert_never(style)
