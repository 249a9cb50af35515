"""Writing down that somebody rang, after they were answered: through the inbox, like everything that Vapi says."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import connections

from calls.ingress.inbox import accept_report
from calls.ingress.messages import Message
from orgs.scope import org_scope
from voxanne.courier import Courier
from voxanne.waiting import callers

log = structlog.get_logger(__name__)

# Telephones ring in bursts: nothing is written before everybody was answered, also by the process beside this one, of
# whose callers nobody knows here. But not without end: what is not written is lost with the process, and a batch is
# written at the latest after so many seconds.
QUIET_S = 0.1
PATIENCE_S = 2.0
Ringing = tuple[UUID, Message]


def record_on_the_side(*, org_id: UUID, message: Message, routed: dict[str, Any]) -> None:
    """Have the ringing call stored soon. Never waits and never raises.

    Losing it costs little: the call's row then begins with Vapi's next message, and the contact with its last.
    """
    if message.call_id:
        _courier.hand_over((org_id, Message({**message.body, "routed": routed})))


def _store(ringing: Sequence[Ringing]) -> bool:
    stored, patience_s = 0, PATIENCE_S
    for org_id, message in ringing:
        patience_s -= _let_callers_go_first(patience_s)
        try:
            with org_scope(org_id):
                accept_report(org_id=org_id, message=message)
            stored += 1
        except Exception:
            log.exception("call.ringing_not_stored")
            _give_connection_back()
    _give_connection_back()
    return stored == len(ringing)


def _let_callers_go_first(at_most_s: float) -> float:
    """Who is still waiting for an answer needs this process more than who has one. The seconds it took."""
    return callers.give_way(quiet_s=QUIET_S, at_most_s=at_most_s) if settings.SEND_IN_BACKGROUND else 0.0


def _give_connection_back() -> None:
    """The thread sleeps until the next call rings: its connection is more use in the pool, and a broken one to none."""
    if settings.SEND_IN_BACKGROUND:
        connections.close_all()


_courier = Courier(_store, name="ringing-calls")
