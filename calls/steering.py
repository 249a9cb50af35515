"""Steering live calls from outside: after the answer, by a thread of its own, so that no caller waits for Vapi."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

import structlog

from providers.vapi.control import CallControl
from voxanne.courier import Courier
from voxanne.errors import DomainError, ProviderError

log = structlog.get_logger(__name__)

MOST_AT_ONCE = 8


class Order(Protocol):
    """What is to happen to one call. Its control address is secret: it never leaves the process and is never logged."""

    @property
    def call_id(self) -> str: ...

    @property
    def control_url(self) -> str: ...

    def carry_out(self, control: CallControl) -> None:
        """Tell Vapi."""


def steering_courier(name: str) -> "Courier[Order]":
    """Delivers orders, several at once. One that cannot be delivered is logged and not tried again."""
    return Courier(_deliver, name=name)


def _deliver(orders: Sequence[Order]) -> bool:
    with ThreadPoolExecutor(min(len(orders), MOST_AT_ONCE), thread_name_prefix="steering") as pool:
        return all(list(pool.map(_tell, orders)))


def _tell(order: Order) -> bool:
    what = type(order).__name__.lower()
    try:
        order.carry_out(CallControl(order.control_url))
    except (ProviderError, DomainError) as error:
        log.warning("call.not_steered", call=order.call_id, order=what, error=str(error))
        return False
    log.info("call.steered", call=order.call_id, order=what)
    return True
